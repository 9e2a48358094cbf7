package dev.forgetmenot.patch.archive;

import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.safetensors.TensorPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * One file of an archive before it is written. Its content is made twice, here and when it is
 * written, and never kept: the headers of an archive say size and checksum before the bytes.
 *
 * @param path its name in the archive
 * @param size bytes
 * @param crc CRC-32
 * @param sha256 hex
 * @param content writes the bytes, the same ones each time
 */
public record NewEntry(String path, long size, long crc, String sha256, TensorPayload content) {
  public static NewEntry of(String path, byte[] bytes) throws IOException {
    return of(path, channel -> TensorPayload.drain(ByteBuffer.wrap(bytes), channel));
  }

  /** Makes the content once, to measure it. */
  public static NewEntry of(String path, TensorPayload content) throws IOException {
    MessageDigest sha = Sha256.digest();
    MeasuringChannel measuring = new MeasuringChannel(sha::update);
    content.writeTo(measuring);
    return new NewEntry(
        path, measuring.size(), measuring.crc(), HexFormat.of().formatHex(sha.digest()), content);
  }
}
