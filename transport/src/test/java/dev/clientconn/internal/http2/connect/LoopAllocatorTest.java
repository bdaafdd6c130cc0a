// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.internal.http2.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocates and releases on threads like those of event loops, and counts what they keep. */
class LoopAllocatorTest {

  private static final int KIB = 1024;

  private final LoopAllocator allocator = new LoopAllocator(Long.MAX_VALUE);

  @BeforeEach
  void onlyWithUnsafe() {
    assumeThat(LoopAllocator.freesMemoryAtOnce()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 64",
    "1, 64",
    "18, 64",
    "65, 128",
    "512, 512",
    "513, 1024",
    "2048, 2048",
    "163840, 262144",
    "262144, 262144"
  })
  void releasedBufferIsKeptWithTheNextPowerOfTwo(int requested, int capacity) {
    onLoop(() -> {
      ByteBuf buffer = allocator.directBuffer(requested);
      assertThat(buffer.capacity()).isEqualTo(capacity);
      assertThat(buffer.isDirect()).isTrue();
      assertThat(bytesKept()).isZero();

      buffer.release();

      assertThat(bytesKept()).isEqualTo(capacity);
    });
  }

  @Test
  void keptBufferIsUsedAgainAsIfItWereNew() {
    onLoop(() -> {
      ByteBuf first = allocator.directBuffer(KIB);
      first.writeInt(42).writeInt(43).readInt();
      first.markReaderIndex().markWriterIndex();
      first.retainedSlice().release();
      first.release();

      ByteBuf second = allocator.directBuffer(KIB);

      assertThat(bytesKept()).isZero();
      assertThat(second.getInt(0)).as("it is the same memory").isEqualTo(42);
      assertThat(second.refCnt()).isOne();
      assertThat(second.readerIndex()).isZero();
      assertThat(second.writerIndex()).isZero();
      assertThat(second.writeByte(1).resetReaderIndex().readerIndex()).isZero();
      assertThat(second.resetWriterIndex().writerIndex()).isZero();
      second.release();
    });
  }

  @Test
  void releasedBufferCannotBeUsedUntilItIsAllocatedAgain() {
    onLoop(() -> {
      ByteBuf buffer = allocator.directBuffer(KIB);
      buffer.release();

      assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
      assertThatThrownBy(() -> buffer.writeByte(1))
          .isInstanceOf(IllegalReferenceCountException.class);
      assertThat(bytesKept()).as("only once").isEqualTo(KIB);
    });
  }

  @Test
  void twoBuffersInUseDoNotShareMemory() {
    onLoop(() -> {
      allocator.directBuffer(KIB).release();
      ByteBuf one = allocator.directBuffer(KIB).writeInt(1);
      ByteBuf two = allocator.directBuffer(KIB).writeInt(2);

      assertThat(one.readInt()).isEqualTo(1);
      assertThat(two.readInt()).isEqualTo(2);
      one.release();
      two.release();
    });
  }

  @Test
  void bufferThatGrowsIsKeptWithItsNewCapacityOrFreed() {
    onLoop(() -> {
      ByteBuf doubled = allocator.directBuffer(KIB).writeZero(KIB).writeInt(42);
      assertThat(doubled.capacity()).isEqualTo(2 * KIB);
      doubled.release();
      assertThat(bytesKept()).isEqualTo(2 * KIB);

      ByteBuf odd = allocator.directBuffer(4 * KIB).capacity(5 * KIB);
      ByteBuf small = allocator.directBuffer(8 * KIB).capacity(32);
      ByteBuf large = allocator.directBuffer(16 * KIB).capacity(2 * LoopAllocator.MAX_KEPT);
      odd.release();
      small.release();
      large.release();
      assertThat(bytesKept()).isEqualTo(2 * KIB);

      ByteBuf again = allocator.directBuffer(2 * KIB);
      assertThat(again.getInt(KIB)).isEqualTo(42);
      again.release();
    });
  }

  @Test
  void loopKeepsALimitedAmountOfEachCapacity() {
    onLoop(() -> {
      for (int capacity = LoopAllocator.MIN_KEPT;
          capacity <= LoopAllocator.MAX_KEPT;
          capacity *= 2) {
        List<ByteBuf> buffers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
          buffers.add(allocator.directBuffer(capacity));
        }
        buffers.forEach(ByteBuf::release);
      }

      assertThat(bytesKept())
          .as("256 buffers each up to 512 B, 128 KiB in those up to 32 KiB, four each of more")
          .isEqualTo(256 * (64 + 128 + 256) + (7 * 128 + 4 * (64 + 128 + 256)) * KIB);
    });
  }

  @Test
  void loopKeepsNoMoreThanItsPartOfTheDirectMemory() {
    LoopAllocator small = new LoopAllocator(100 * KIB);
    onLoop(() -> {
      ByteBuf one = small.directBuffer(64 * KIB);
      ByteBuf two = small.directBuffer(64 * KIB);
      ByteBuf three = small.directBuffer(32 * KIB);
      one.release();
      two.release();
      three.release();
      assertThat(small.released().bytes()).isEqualTo(96 * KIB);

      ByteBuf again = small.directBuffer(64 * KIB);
      assertThat(small.released().bytes()).isEqualTo(32 * KIB);
      again.release();
      assertThat(small.released().bytes()).isEqualTo(96 * KIB);
    });
  }

  @Test
  void connectionsUseNettysAllocatorWhereMemoryIsNotFreedAtOnce() throws Exception {
    assertThat(printedWith("-Dio.netty.noUnsafe=true")).contains("allocator: netty");
  }

  @Test
  void connectionsUseTheAllocatorOfTheLoopWhereMemoryIsFreedAtOnce() throws Exception {
    assertThat(printedWith("-Dio.netty.noUnsafe=false")).contains("allocator: loop");
  }

  /** Returns what {@link Allocator} prints in a JVM with the options. */
  private static String printedWith(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Allocator.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Prints which allocator connections use. */
  static final class Allocator {
    private Allocator() {}

    public static void main(String[] args) {
      boolean loop = LoopAllocator.ofConnections() instanceof LoopAllocator;
      System.out.println("allocator: " + (loop ? "loop" : "netty"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LoopAllocator.MAX_KEPT + 1, 1024 * KIB})
  void largerBufferIsFreed(int capacity) {
    onLoop(() -> {
      ByteBuf buffer = allocator.directBuffer(capacity);
      assertThat(buffer.capacity()).isEqualTo(capacity);
      buffer.release();
      assertThat(bytesKept()).isZero();
    });
  }

  @Test
  void bufferWithALimitCannotExceedItAndIsFreed() {
    onLoop(() -> {
      ByteBuf buffer = allocator.directBuffer(10, 20).writeZero(20);
      assertThat(buffer.maxCapacity()).isEqualTo(20);
      assertThatThrownBy(() -> buffer.writeByte(1)).isInstanceOf(IndexOutOfBoundsException.class);
      buffer.release();
      assertThat(bytesKept()).isZero();
    });
  }

  @Test
  void bufferThatAnotherThreadReleasesIsKeptByNone() {
    CompletableFuture<ByteBuf> allocated = new CompletableFuture<>();
    onLoop(() -> {
      allocated.complete(allocator.directBuffer(KIB));
      onLoop(() -> {
        allocated.join().release();
        assertThat(bytesKept()).isZero();
      });
      assertThat(bytesKept()).isZero();
    });
    assertThat(allocated.join().refCnt()).isZero();
  }

  @Test
  void threadKeepsNothingAfterItsEnd() {
    onLoop(() -> {
      ByteBuf open = allocator.directBuffer(4 * KIB);
      allocator.directBuffer(8 * KIB).release();
      LoopAllocator.Released kept = allocator.released();
      assertThat(kept.bytes()).isEqualTo(8 * KIB);

      // What Netty does at the end of a thread.
      FastThreadLocal.removeAll();

      assertThat(kept.bytes()).isZero();
      open.release();
      assertThat(kept.bytes()).isZero();
    });
  }

  @Test
  void otherThreadsKeepNothing() {
    ByteBuf buffer = allocator.directBuffer(KIB);
    assertThat(buffer.isDirect()).isTrue();
    buffer.release();
    assertThat(bytesKept()).isZero();
  }

  @Test
  void heapBuffersComeFromNettysAllocator() {
    onLoop(() -> {
      ByteBuf buffer = allocator.heapBuffer(KIB);
      assertThat(buffer.hasArray()).isTrue();
      assertThat(buffer.alloc()).isNotSameAs(allocator);
      buffer.release();
      assertThat(bytesKept()).isZero();
    });
  }

  @Test
  void buffersForInputAreDirect() {
    ByteBuf buffer = allocator.ioBuffer();
    assertThat(buffer.isDirect()).isTrue();
    assertThat(allocator.isDirectBufferPooled()).isTrue();
    buffer.release();
  }

  private long bytesKept() {
    return allocator.released().bytes();
  }

  /** Runs something on a thread of its own, like that of an event loop, and waits for its end. */
  private static void onLoop(Runnable task) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    new FastThreadLocalThread(() -> {
          try {
            task.run();
            result.complete(null);
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        })
        .start();
    result.join();
  }
}
