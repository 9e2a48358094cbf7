package dev.forgetmenot.oci;

import dev.forgetmenot.api.edit.JobContext;
import dev.forgetmenot.files.Message;
import dev.forgetmenot.files.Sha256;
import dev.forgetmenot.host.cli.shell.RemoteFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One repository of a registry, by the calls of the OCI distribution specification. What it gives
 * has been compared with its digest. For one job and one thread.
 */
final class Registry {
  private static final String GET = "GET";
  private static final String CONTENT_TYPE = "Content-Type";

  private final HttpCalls calls;
  private final JobContext context;
  private final Origin origin;
  private final String path;
  private final Authenticator authenticator;
  private String authorization = "";

  /**
   * The repository of a reference.
   *
   * @param actions what is going to be done: {@code pull}, or {@code pull,push}
   * @param credentials of the user for this registry; empty for a guest
   * @param patience how long it is waited for
   */
  Registry(
      Reference reference,
      Origin origin,
      String actions,
      Optional<Credentials> credentials,
      JobContext context,
      Patience patience) {
    this.origin = origin;
    this.context = context;
    path = "/v2/" + reference.repository() + "/";
    calls = new HttpCalls(context, patience);
    authenticator =
        new Authenticator(
            calls, origin, "repository:" + reference.repository() + ":" + actions, credentials);
  }

  /** Brings bytes there if they are not there yet; returns whether they were sent. */
  boolean put(Descriptor blob, BodyPublisher bytes) throws IOException {
    URI place = origin.at(path + "blobs/" + blob.digest());
    Answer there = ask(Call.of("HEAD", place, 0));
    if (there.status() == Answer.OK) {
      return false;
    }
    if (there.status() != Answer.NOT_FOUND) {
      throw unexpected(there, "asked for " + blob.digest());
    }
    Call begin = Call.of("POST", origin.at(path + "blobs/uploads/"), Call.SMALL);
    URI upload = Redirect.within(origin, ask(begin, Answer.ACCEPTED, "asked to take a file"));
    String query = upload.getRawQuery() == null ? "?digest=" : "&digest=";
    Call send =
        Call.of("PUT", URI.create(upload + query + blob.digest()), Call.SMALL)
            .with(CONTENT_TYPE, "application/octet-stream")
            .sending(bytes);
    ask(send, Answer.CREATED, "sent " + blob.digest());
    return true;
  }

  /** Puts a manifest under a tag; an older one of that tag is replaced. */
  void putManifest(String tag, byte[] manifest) throws IOException {
    Call send =
        Call.of("PUT", origin.at(path + "manifests/" + tag), Call.SMALL)
            .with(CONTENT_TYPE, ArtifactManifest.MEDIA_TYPE)
            .sending(BodyPublishers.ofByteArray(manifest));
    ask(send, Answer.CREATED, "sent the manifest of " + tag);
  }

  /**
   * The bytes of a manifest.
   *
   * @throws RemoteFailure if there is none, or it is not the one of the reference's digest
   */
  byte[] manifest(Reference reference) throws IOException {
    URI place = origin.at(path + "manifests/" + reference.which());
    Call call =
        Call.of(GET, place, ArtifactManifest.LARGEST).with("Accept", ArtifactManifest.MEDIA_TYPE);
    Answer answer = ask(call, Answer.OK, "asked for " + reference);
    String digest = Descriptor.of("", answer.body()).digest();
    if (!reference.digest().isEmpty() && !reference.digest().equals(digest)) {
      throw differs(reference.digest(), digest);
    }
    return answer.body();
  }

  /**
   * Writes a blob to a file.
   *
   * @param file empty; where it fails, what has been written is of no use
   * @throws RemoteFailure if not exactly these bytes came
   */
  void get(Descriptor blob, FileChannel file) throws IOException {
    MessageDigest digest = Sha256.digest();
    Call call =
        Call.of(GET, origin.at(path + "blobs/" + blob.digest()), 0)
            .into(
                blob.size(),
                () -> {
                  file.truncate(0);
                  digest.reset();
                  return part -> write(part, file, digest, blob.size());
                });
    ask(call, Answer.OK, "asked for " + blob.digest());
    if (file.position() != blob.size()) {
      throw new RemoteFailure(
          Message.of(
              "%s sent %d bytes, and the manifest says %d: give the same command again",
              origin, file.position(), blob.size()));
    }
    String found = Descriptor.of("", HexFormat.of().formatHex(digest.digest()), 0).digest();
    if (!found.equals(blob.digest())) {
      throw differs(blob.digest(), found);
    }
  }

  /**
   * A small blob.
   *
   * @throws RemoteFailure if not exactly these bytes came
   */
  byte[] get(Descriptor blob) throws IOException {
    URI place = origin.at(path + "blobs/" + blob.digest());
    Call call = Call.of(GET, place, Math.toIntExact(blob.size()));
    byte[] bytes = ask(call, Answer.OK, "asked for " + blob.digest()).body();
    String found = Descriptor.of("", bytes).digest();
    if (!found.equals(blob.digest())) {
      throw differs(blob.digest(), found);
    }
    return bytes;
  }

  private void write(ByteBuffer part, FileChannel file, MessageDigest digest, long size)
      throws IOException {
    digest.update(part.duplicate());
    while (part.hasRemaining()) {
      file.write(part);
    }
    context.progress("downloading", file.position(), size);
  }

  /** Asks for an answer of one status. */
  private Answer ask(Call call, int status, String what) throws IOException {
    Answer answer = ask(call);
    if (answer.status() != status) {
      throw unexpected(answer, what);
    }
    return answer;
  }

  /** Asks as the user and follows where it may. */
  private Answer ask(Call call) throws IOException {
    Call now = call;
    boolean ours = true;
    for (int followed = 0; followed <= Redirect.MOST; followed++) {
      Answer answer = ours ? known(now) : calls.send(now, "");
      if (!answer.isRedirect() || !(call.method().equals(GET) || call.method().equals("HEAD"))) {
        return answer;
      }
      boolean blob = call.address().getPath().startsWith(path + "blobs/");
      URI next = blob ? Redirect.ofBlob(origin, answer) : Redirect.within(origin, answer);
      ours = ours && Origin.of(next).equals(origin);
      now = now.to(next);
    }
    throw new RemoteFailure(
        Message.of(
            "%s sends from one address to another more than %d times: it was not followed",
            origin, Redirect.MOST));
  }

  private Answer known(Call call) throws IOException {
    Answer answer = calls.send(call, authorization);
    if (answer.status() != Answer.UNAUTHORIZED) {
      return answer;
    }
    authorization = authenticator.answer(answer);
    Answer second = calls.send(call, authorization);
    if (second.status() == Answer.UNAUTHORIZED) {
      throw authenticator.refused(second.said());
    }
    return second;
  }

  private RemoteFailure differs(String expected, String found) {
    return new RemoteFailure(
        Message.of(
            "%s sent other bytes than were asked for: expected %s, found %s; nothing of them is kept",
            origin, expected, found));
  }

  private RemoteFailure unexpected(Answer answer, String what) {
    String remedy =
        switch (answer.status()) {
          case 403 -> "this user may not do that here";
          case Answer.NOT_FOUND -> "check name and tag; some registries say this to guests too";
          case 413 -> "the file is larger than this registry takes";
          case 400, 405, 415 -> "it may not take artifacts of OCI 1.1";
          default -> "try again later";
        };
    return new RemoteFailure(
        Message.of(
            "%s was %s and answers %d%s: %s",
            origin, what, answer.status(), answer.said(), remedy));
  }
}
