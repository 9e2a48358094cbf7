package dev.forgetmenot.studio.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/** An answer of Jetty, of which one piece is being written at a time. */
final class ResponseOutlet extends IteratingCallback implements Outlet {
  private static final int MOST_UNSENT = 256 << 10;

  private final Response response;
  private final Callback callback;
  private final EndPoint connection;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private int unsent; // bytes, with those that are being written
  private int writing; // bytes that are being written
  private boolean last; // no piece follows
  private boolean lastWritten;

  /**
   * For an answer whose status and headers are set.
   *
   * @param callback is completed at the end of the answer
   */
  ResponseOutlet(Request request, Response response, Callback callback) {
    this.response = response;
    this.callback = callback;
    this.connection = request.getConnectionMetaData().getConnection().getEndPoint();
    watch();
  }

  /** Notices a client that goes away, which a server that only writes would not. */
  private void watch() {
    connection.tryFillInterested(Callback.from(this::read, this::gone));
  }

  /** A listener has nothing more to say: what comes is the end of its connection. */
  private void read() {
    try {
      if (connection.fill(BufferUtil.allocate(1)) == 0) {
        watch();
      } else {
        gone(new IOException("a listener is gone"));
      }
    } catch (IOException e) {
      gone(e);
    }
  }

  private void gone(Throwable cause) {
    connection.close(cause);
    abort(cause);
  }

  @Override
  public void write(byte[] piece) {
    boolean fits;
    synchronized (this) {
      if (last) {
        return;
      }
      fits = unsent + piece.length <= MOST_UNSENT;
      if (fits) {
        pieces.add(piece);
        unsent += piece.length;
      }
      last = !fits;
    }
    if (fits) {
      iterate();
    } else {
      connection.close(new IOException("a listener does not read"));
    }
  }

  @Override
  public void end() {
    synchronized (this) {
      last = true;
    }
    iterate();
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  protected Action process() {
    byte[] piece;
    synchronized (this) {
      unsent -= writing;
      piece = pieces.poll();
      writing = piece == null ? 0 : piece.length;
      if (piece == null && (!last || lastWritten)) {
        return last ? Action.SUCCEEDED : Action.IDLE;
      }
      lastWritten = piece == null;
    }
    response.write(piece == null, piece == null ? BufferUtil.EMPTY_BUFFER : wrapped(piece), this);
    return Action.SCHEDULED;
  }

  private static ByteBuffer wrapped(byte[] piece) {
    return ByteBuffer.wrap(piece).asReadOnlyBuffer();
  }

  @Override
  protected void onCompleteSuccess() {
    callback.succeeded();
    ended.complete(null);
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    synchronized (this) {
      last = true;
      pieces.clear();
    }
    callback.failed(cause);
    ended.complete(null);
  }
}
