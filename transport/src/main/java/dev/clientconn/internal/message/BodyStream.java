// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.message;

import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** A message's bytes for a marshaller: of known length, and without ByteArrayInputStream's locks. */
final class BodyStream extends InputStream implements KnownLength {
  private final byte[] body;
  private int position;
  private int mark;

  BodyStream(byte[] body) {
    this.body = body;
  }

  @Override
  public int read() {
    return position == body.length ? -1 : body[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == body.length) {
      return -1;
    }
    int count = Math.min(length, available());
    System.arraycopy(body, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public long transferTo(OutputStream out) throws IOException {
    int count = available();
    out.write(body, position, count);
    position = body.length;
    return count;
  }

  @Override
  public long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, available()));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return body.length - position;
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread reads a message
  public void mark(int readLimit) {
    mark = position;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void reset() {
    position = mark;
  }
}
