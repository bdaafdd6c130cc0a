// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clientconn.conformance.Conforms;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCodecTest {

  private static final Metadata.Key<byte[]> BIN =
      Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @Conforms("T150")
  @Test
  void decodesAllFieldsButPseudoHeaders() throws Exception {
    Metadata metadata = MetadataCodec.decode(
        block(
            ":status", "200",
            "content-type", "application/grpc",
            "grpc-encoding", "gzip",
            "grpc-status", "0",
            "x-a", "1",
            "x-a", "2"),
        false);

    assertThat(metadata.keys())
        .containsExactlyInAnyOrder("content-type", "grpc-encoding", "grpc-status", "x-a");
    assertThat(metadata.getAll(ascii("x-a"))).containsExactly("1", "2");
    assertThat(metadata.get(ascii("content-type"))).isEqualTo("application/grpc");
  }

  @Conforms("T150")
  @Test
  void trailersDoNotContainTheStatus() throws Exception {
    Metadata metadata = MetadataCodec.decode(
        block("grpc-status", "5", "x-a", "1", "grpc-message", "no", "x-b", "2"), true);

    assertThat(metadata.keys()).containsExactlyInAnyOrder("x-a", "x-b");
  }

  @Test
  void everyResultCanBeAddedTo() throws Exception {
    Metadata empty = MetadataCodec.decode(block("grpc-status", "0"), true);
    Metadata full = MetadataCodec.decode(block("x-a", "1", "x-bin", "AQ"), true);
    for (Metadata metadata : List.of(empty, full)) {
      metadata.put(ascii("x-new"), "n");
      metadata.put(BIN, new byte[] {9});
      assertThat(metadata.get(ascii("x-new"))).isEqualTo("n");
      assertThat(metadata.get(BIN)).containsExactly(9);
    }
    assertThat(full.get(ascii("x-a"))).isEqualTo("1");
    assertThat(MetadataCodec.decode(block("grpc-status", "0"), true).keys()).isEmpty();
  }

  @Conforms("T077")
  @ParameterizedTest
  @CsvSource({"AQI, 2", "AQI=, 2", "AQ, 1", "AQ==, 1", "AQID, 3", "'', 0"})
  void binaryValuesMayBePaddedOrNot(String base64, int length) throws Exception {
    byte[] value = MetadataCodec.decode(block("x-bin", base64), false).get(BIN);

    assertThat(value).isEqualTo(java.util.Arrays.copyOf(new byte[] {1, 2, 3}, length));
  }

  @Test
  void joinedBinaryValuesAreSplitInPlace() throws Exception {
    Metadata metadata = MetadataCodec.decode(
        block("x-a", "1", "x-bin", "AQ,AQI=, AQID,", "x-b", "a,b", "x-bin", "BA"), false);

    assertThat(metadata.getAll(BIN))
        .containsExactly(
            new byte[] {1}, new byte[] {1, 2}, new byte[] {1, 2, 3}, new byte[0], new byte[] {4});
    assertThat(metadata.get(ascii("x-a"))).isEqualTo("1");
    assertThat(metadata.get(ascii("x-b"))).isEqualTo("a,b");
  }

  @Test
  void emptyPartsOfAJoinedValueShareOneArray() throws Exception {
    Metadata metadata = MetadataCodec.decode(block("x-bin", ",".repeat(1_000)), false);

    byte[][] namesAndValues = InternalMetadata.serialize(metadata);
    assertThat(namesAndValues).hasNumberOfRows(2 * 1_001);
    assertThat(arrays(namesAndValues)).hasSize(2);
  }

  @Test
  void tinyEntriesTakeAtMostTwiceTheHeaderListsSize() throws Exception {
    String[] fields = new String[2 * 240];
    for (int i = 0; i < fields.length; i += 2) {
      fields[i] = Character.toString('a' + i % 26);
      fields[i + 1] = "";
    }

    byte[][] namesAndValues =
        InternalMetadata.serialize(MetadataCodec.decode(block(fields), false));

    long heap = 16 + 4L * namesAndValues.length;
    for (byte[] each : arrays(namesAndValues)) {
      heap += 16 + (each.length + 7) / 8 * 8;
    }
    // RFC 9113 section 6.5.2: 32 bytes and the two lengths for each field.
    assertThat(heap).isLessThanOrEqualTo(2 * 240 * (32 + 1));
  }

  private static Set<byte[]> arrays(byte[][] namesAndValues) {
    Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    arrays.addAll(Arrays.asList(namesAndValues));
    return arrays;
  }

  @Conforms("T149")
  @ParameterizedTest
  @ValueSource(strings = {"!", "A", "AQI==", "AQ=", "AQ,!", "A Q I D", "AQID-_"})
  void badBase64NamesItsHeader(String value) {
    assertThatThrownBy(() -> MetadataCodec.decode(block("x-bin", value), false))
        .isInstanceOf(MalformedHeaderException.class)
        .hasMessage("malformed x-bin");
  }

  @Test
  void slicesOfLargerArraysAreCopied() throws Exception {
    byte[] shared = "..x-a=1..".getBytes(US_ASCII);
    HeaderBlock block = new HeaderBlock();
    block.add(new AsciiString(shared, 2, 3, false), new AsciiString(shared, 6, 1, false));

    assertThat(MetadataCodec.decode(block, false).getAll(ascii("x-a"))).containsExactly("1");
  }

  @Test
  void encodedMetadataDecodesToTheSame() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      Metadata sent = new Metadata();
      for (int i = random.nextInt(12); i > 0; i--) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        sent.put(Metadata.Key.of("k" + i % 3 + "-bin", Metadata.BINARY_BYTE_MARSHALLER), bytes);
        sent.put(ascii("a" + i % 3), "v" + random.nextInt());
      }

      Metadata received = MetadataCodec.decode(block(encode(sent).toArray(String[]::new)), false);

      assertThat(encode(received)).isEqualTo(encode(sent));
    }
  }

  @Conforms("T077")
  @Test
  void binaryValuesAreSentWithoutPadding() {
    Metadata metadata = new Metadata();
    metadata.put(BIN, new byte[] {1});

    assertThat(encode(metadata)).containsExactly("x-bin", "AQ");
  }

  @Conforms("T078")
  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\rb", "\0", "tab\t", "del\u007f"})
  void aValueThatIsNotPrintableIsNeverSent(String value) {
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-a"), value);

    assertThatThrownBy(() -> encode(metadata))
        .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
          assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
          assertThat(e.getStatus().getDescription()).contains("\"x-a\"").contains("-bin");
        });
  }

  @Conforms("T076")
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {"' a b ','a b'", "'  a','a'", "'a   ','a'", "'   ',''", "'',''", "'a','a'"})
  void spacesAroundAValueAreNotSent(String value, String sent) {
    Metadata metadata = new Metadata();
    metadata.put(ascii("x-a"), value);

    assertThat(encode(metadata)).containsExactly("x-a", sent);
  }

  static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  static HeaderBlock block(String... namesAndValues) {
    HeaderBlock block = new HeaderBlock();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return block;
  }

  private static List<String> encode(Metadata metadata) {
    AsciiString[] list = new AsciiString[2 * MetadataCodec.count(metadata)];
    int end = MetadataCodec.encode(metadata, list, 0);
    List<String> encoded = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      encoded.add(list[i].toString());
    }
    return encoded;
  }
}
