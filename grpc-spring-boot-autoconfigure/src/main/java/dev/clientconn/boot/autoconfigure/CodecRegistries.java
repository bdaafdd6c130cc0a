// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

import dev.clientconn.ClientConnBuilder;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Provides the codecs of the application: beans of gRPC's registries, which Spring Boot's own gRPC
 * client has too. Where there are none, or several, the registries of the JVM apply.
 *
 * @param compressors the beans with the codecs of requests
 * @param decompressors the beans with the codecs of responses
 */
record CodecRegistries(
    ObjectProvider<CompressorRegistry> compressors,
    ObjectProvider<DecompressorRegistry> decompressors) {

  void apply(ClientConnBuilder builder) {
    CompressorRegistry compressorBean = this.compressors.getIfUnique();
    if (compressorBean != null) {
      builder.compressorRegistry(compressorBean);
    }
    DecompressorRegistry decompressorBean = this.decompressors.getIfUnique();
    if (decompressorBean != null) {
      builder.decompressorRegistry(decompressorBean);
    }
  }

  /** Returns what is wrong with the name of a codec for requests; null if there is such a codec. */
  @Nullable
  String problem(String codec) {
    CompressorRegistry registry =
        this.compressors.getIfUnique(CompressorRegistry::getDefaultInstance);
    if (registry.lookupCompressor(codec) != null) {
      return null;
    }
    // A registry of compressors cannot be listed.
    TreeSet<String> known = new TreeSet<>(this.decompressors
        .getIfUnique(DecompressorRegistry::getDefaultInstance)
        .getKnownMessageEncodings());
    known.removeIf(each -> registry.lookupCompressor(each) == null);
    return "There is no codec '%s' in the registry of gRPC. Known codecs: %s."
        .formatted(codec, String.join(", ", known));
  }
}
