// SPDX-License-Identifier: Apache-2.0
package dev.clientconn;

import dev.clientconn.internal.concurrent.CrossesThreads;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads TLS material from PEM files and, when they have changed, reads them again. It has no thread
 * and no timer: the application calls {@link #reload}, for example every minute on a scheduler that
 * it has. Any thread may call the methods.
 *
 * <pre>{@code
 * PemFiles files = PemFiles.mutual(ca, certificate, key);
 * ClientConn channel = ClientConnBuilder.forTarget("greeter:443").tls(files.tls()).build();
 * scheduler.scheduleWithFixedDelay(files::reload, 1, 1, TimeUnit.MINUTES);
 * }</pre>
 */
@CrossesThreads
public final class PemFiles {

  private final @Nullable Path roots;
  private final @Nullable Path chain;
  private final @Nullable Path key;
  private final ReloadableTls tls;

  /** Guarded by this, as is the next one. */
  private Contents used;

  /** What the last reload found and did not use. */
  private @Nullable Contents refused;

  private PemFiles(@Nullable Path roots, @Nullable Path chain, @Nullable Path key) {
    this.roots = roots;
    this.chain = chain;
    this.key = key;
    try {
      this.used = read();
      this.tls = ReloadableTls.of(used.credentials());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(this + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads certificate authorities, for a channel without a client certificate.
   *
   * @param roots PEM certificates of the authorities to trust
   * @return the files
   * @throws UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if it contains no certificates
   */
  public static PemFiles trusting(Path roots) {
    return new PemFiles(roots, null, null);
  }

  /**
   * Reads certificate authorities and a client certificate with its key.
   *
   * @param roots PEM certificates of the authorities to trust; {@code null} for those of the JVM
   * @param chain PEM certificates: the client's, then intermediate ones
   * @param key its private key in PKCS#8 ("BEGIN PRIVATE KEY"), not encrypted
   * @return the files
   * @throws UncheckedIOException if a file cannot be read
   * @throws IllegalArgumentException if the content cannot be used: no certificates, no key, a key
   *     that does not belong to the certificate, a client certificate that is not valid now
   */
  public static PemFiles mutual(@Nullable Path roots, Path chain, Path key) {
    return new PemFiles(roots, chain, key);
  }

  /**
   * Returns the material, which {@link #reload} updates.
   *
   * @return what {@link ClientConnBuilder#tls} takes, for any number of channels
   */
  public ReloadableTls tls() {
    return tls;
  }

  /**
   * Reads the files and, if their content has changed, updates the material. Never throws. Content
   * that cannot be used is reported by one warning, which names the files and the reason, and is
   * not tried again until it changes: so files that are replaced one after the other, or are only
   * half written, are used by the first reload that finds all of them complete.
   *
   * @return whether the content of the files is in use
   */
  public synchronized boolean reload() {
    try {
      Contents found = read();
      if (found.equals(used)) {
        refused = null;
        return true;
      }
      return !found.equals(refused) && use(found);
    } catch (IOException | RuntimeException e) {
      if (!Contents.UNREADABLE.equals(refused)) {
        refused = Contents.UNREADABLE;
        ReloadableTls.warn(toString(), e);
      }
      return false;
    }
  }

  private boolean use(Contents found) {
    boolean accepted =
        tls.update(toString(), () -> ReloadableTls.checkedContextOf(found.credentials()));
    if (accepted) {
      used = found;
    }
    refused = accepted ? null : found;
    return accepted;
  }

  private Contents read() throws IOException {
    return new Contents(read(roots), read(chain), read(key));
  }

  private static @Nullable String read(@Nullable Path file) throws IOException {
    return file == null ? null : Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /** Names the files, for log messages. */
  @Override
  public String toString() {
    StringBuilder names = new StringBuilder("the PEM files ");
    String separator = "";
    for (Path file : Arrays.asList(roots, chain, key)) {
      if (file != null) {
        names.append(separator).append(file);
        separator = ", ";
      }
    }
    return names.toString();
  }

  /** Holds the texts of the files, {@code null} for a file that there is none of. */
  private record Contents(
      @Nullable String roots,
      @Nullable String chain,
      @Nullable String key) {

    private static final Contents UNREADABLE = new Contents("", "", "");

    ChannelCredentials credentials() throws IOException {
      TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
      if (roots != null) {
        builder.trustManager(stream(roots));
      }
      if (chain != null && key != null) {
        builder.keyManager(stream(chain), stream(key));
      }
      return builder.build();
    }

    /** Not the record's own, which would show the private key. */
    @Override
    public String toString() {
      return "contents of PEM files";
    }

    private static InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
