// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.fuzz;

import dev.clientconn.fuzz.Script.Step;
import dev.clientconn.fuzz.Script.Verb;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes a script of a seed, always the same: a conversation made anew, or one of the corpus with
 * its steps changed. The bytes received are then, one time in two, damaged: flipped, cut, swapped,
 * repeated, or replaced by noise.
 */
final class ScriptGenerator {

  private static final int MAX_STEPS = 24;
  private static final Verb[] CALL_VERBS = {
    Verb.WRITE,
    Verb.WRITE,
    Verb.HALF_CLOSE,
    Verb.CANCEL,
    Verb.CONSUME,
    Verb.CONSUME,
    Verb.PAUSE,
    Verb.DEMAND
  };
  private static final Verb[] RARE_VERBS = {
    Verb.AFTER, Verb.AFTER, Verb.AFTER, Verb.CLOG, Verb.UNCLOG, Verb.SHUTDOWN, Verb.SHUTDOWN_NOW
  };
  private static final int[] AMOUNTS = {0, 1, 5, 10, 100, 1000, 10_001, 20_000, 70_000, 140_000};

  private final Random random;
  private final FrameGenerator frames;
  private final List<Script> corpus;

  private ScriptGenerator(long seed, List<Script> corpus) {
    this.random = new Random(seed);
    this.frames = new FrameGenerator(random);
    this.corpus = corpus;
  }

  static Script of(long seed, List<Script> corpus) {
    return new ScriptGenerator(seed, corpus).script();
  }

  private Script script() {
    boolean inherited = !corpus.isEmpty() && oneIn(3);
    List<Step> steps = inherited ? changed(corpus.get(random.nextInt(corpus.size()))) : fresh();
    if (!steps.isEmpty() && random.nextBoolean()) {
      damage(steps);
    }
    return new Script(steps);
  }

  private List<Step> fresh() {
    List<Step> steps = new ArrayList<>();
    receive(steps, frames.preface());
    int count = 2 + random.nextInt(MAX_STEPS);
    for (int i = 0; i < count; i++) {
      add(steps);
    }
    return steps;
  }

  private List<Step> changed(Script script) {
    List<Step> steps = new ArrayList<>(script.steps());
    for (int i = random.nextInt(4); i >= 0 && !steps.isEmpty(); i--) {
      int at = random.nextInt(steps.size());
      switch (random.nextInt(4)) {
        case 0 -> steps.remove(at);
        case 1 -> steps.add(at, steps.get(random.nextInt(steps.size())));
        case 2 -> Collections.swap(steps, at, random.nextInt(steps.size()));
        default -> {
          List<Step> more = new ArrayList<>();
          steps.subList(0, at).stream().filter(ScriptGenerator::opens).forEach(more::add);
          int before = more.size();
          add(more);
          steps.addAll(at, more.subList(before, more.size()));
        }
      }
    }
    return steps;
  }

  private static boolean opens(Step step) {
    return step.verb() == Verb.UNARY
        || step.verb() == Verb.HURRIED
        || step.verb() == Verb.STREAMING;
  }

  private void add(List<Step> steps) {
    int calls = (int) steps.stream().filter(ScriptGenerator::opens).count();
    int kind = calls == 0 ? random.nextInt(6) : random.nextInt(24);
    if (kind < 2) {
      steps.add(new Step(Verb.UNARY, 0, amount(), ""));
    } else if (kind < 4) {
      steps.add(new Step(Verb.STREAMING, 0, amount(), ""));
    } else if (kind == 4) {
      steps.add(new Step(Verb.HURRIED, 0, 1 + random.nextInt(3000), ""));
    } else if (kind < 8) {
      steps.add(new Step(pick(CALL_VERBS), random.nextInt(calls + 1), amount(), ""));
    } else if (kind == 8) {
      steps.add(new Step(pick(RARE_VERBS), 0, amount(), ""));
    } else if (kind < 14) {
      receive(steps, frames.answer(calls));
    } else {
      receive(steps, several(calls));
    }
  }

  private byte[] several(int calls) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = random.nextInt(4); i >= 0; i--) {
      all.writeBytes(frames.any(calls));
    }
    return all.toByteArray();
  }

  /** In one read or in two. */
  private void receive(List<Step> steps, byte[] bytes) {
    int cut = oneIn(4) ? random.nextInt(bytes.length) : 0;
    if (cut > 0) {
      steps.add(Step.receive(Arrays.copyOf(bytes, cut)));
    }
    steps.add(Step.receive(Arrays.copyOfRange(bytes, cut, bytes.length)));
  }

  private void damage(List<Step> steps) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(steps.size());
      Step step = steps.get(at);
      if (step.verb() == Verb.RECEIVE) {
        steps.set(at, Step.receive(damaged(step.parsedBytes())));
      } else {
        Collections.swap(steps, at, random.nextInt(steps.size()));
      }
    }
  }

  private byte[] damaged(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        // A frame's header is where little does much.
        int inHeader = Math.min(bytes.length, FrameGenerator.FRAME_HEADER);
        bytes[random.nextInt(inHeader)] = (byte) random.nextInt();
      }
      case 2 -> {
        return Arrays.copyOf(bytes, at + 1);
      }
      case 3 -> {
        byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        return twice;
      }
      default -> {
        byte[] noise = frames.randomBytes(Math.min(bytes.length - at, 16));
        System.arraycopy(noise, 0, bytes, at, noise.length);
      }
    }
    return bytes;
  }

  private int amount() {
    return AMOUNTS[random.nextInt(AMOUNTS.length)];
  }

  private Verb pick(Verb[] verbs) {
    return verbs[random.nextInt(verbs.length)];
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }
}
