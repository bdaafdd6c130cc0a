// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.io.ApplicationResourceLoader;
import org.springframework.core.io.Resource;

/** Reads the file of a service config, from the file system or the class path. */
final class ServiceConfigFile {

  /** Far more than a service config has: a DNS record may have 64 KiB. */
  private static final int MAX_BYTES = 1024 * 1024;

  private static final Set<String> REMOTE = Set.of("http", "https", "ftp");

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ServiceConfigFile() {}

  /** Reports why a file has no service config. The message is a sentence for the user. */
  static final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableException(String reason) {
      super(reason);
    }
  }

  static Map<String, Object> read(String location) throws UnusableException {
    return ServiceConfigJson.read(text(location));
  }

  private static String text(String location) throws UnusableException {
    try {
      Resource file = ApplicationResourceLoader.get(ApplicationResourceLoader.get(), true)
          .getResource(location);
      return decode(bytes(file));
    } catch (CharacterCodingException noText) {
      throw unreadable("it is not UTF-8");
    } catch (IOException | IllegalArgumentException failure) {
      throw unreadable(String.valueOf(failure.getMessage()));
    }
  }

  private static byte[] bytes(Resource file) throws IOException, UnusableException {
    if (isRemote(file)) {
      throw unreadable("it is on another host, for which the start would wait. Store it in a file"
          + " or on the class path");
    }
    if (!file.exists()) {
      // The description has the absolute path of a relative one.
      throw unreadable(file.getDescription() + " does not exist");
    }
    if (file.isFile() && file.getFile().isDirectory()) {
      throw unreadable(file.getDescription() + " is a directory");
    }
    try (InputStream in = file.getInputStream()) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw unreadable("it has more than 1 MiB");
      }
      return bytes;
    }
  }

  /** Called before {@link Resource#exists}, which would send a request. */
  private static boolean isRemote(Resource file) {
    try {
      return REMOTE.contains(file.getURL().getProtocol());
    } catch (IOException noUrl) {
      return false;
    }
  }

  /** Ignores the byte order mark that editors of Windows write (RFC 8259 section 8.1). */
  private static String decode(byte[] bytes) throws CharacterCodingException {
    String text =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private static UnusableException unreadable(String reason) {
    return new UnusableException("The file cannot be read: %s.".formatted(reason));
  }
}
