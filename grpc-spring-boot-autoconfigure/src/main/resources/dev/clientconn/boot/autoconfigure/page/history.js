// SPDX-License-Identifier: Apache-2.0
// Remembers what the charts show: the samples of the last minutes of one target.
import { SPAN } from './charts.js';

/** Between two samples more than this lies a gap, as while the page was hidden. Seconds. */
const GAP = 5;

export class History {
  constructor() {
    this.samples = [];
  }

  /** Adds the figures of a snapshot. */
  add(atMillis, target) {
    if (target.unreadable) {
      return;
    }
    const at = atMillis / 1000;
    const last = this.samples.at(-1);
    const connected = last && at - last.at < GAP && at > last.at;
    if (last && !connected) {
      this.samples.push({ at: last.at + 0.001, gap: true });
    }
    const ready = target.connections.filter((each) => each.state === 'READY');
    this.samples.push({
      at,
      waits: target.waits,
      spent: connected && !last.gap ? spent(last.waits, target.waits) : {},
      seconds: connected ? at - last.at : 0,
      active: sum(target.connections, 'active'),
      waiting: target.waitingCalls + target.pendingStreams + sum(target.connections, 'pending'),
      limit: limit(ready),
      sendWindow: smallest(ready, 'sendWindow'),
      receiveWindow: smallest(ready, 'receiveWindow'),
      streamWindow: smallest(ready, 'streamSendWindow'),
    });
    this.samples = this.samples.filter((each) => each.at > at - SPAN - GAP);
  }

  get times() {
    return this.samples.map((each) => each.at);
  }

  /** Returns the values of a figure; null where there is none. */
  values(figure) {
    return this.samples.map((each) => each[figure] ?? null);
  }

  /**
   * Returns cumulative values for a stacked chart, the whole stack first.
   *
   * @param causes the causes from the bottom of the stack to its top
   * @param share whether the values are shares of the time of all calls, or mean numbers of calls
   */
  stack(causes, share) {
    const stacked = causes.map(() => []);
    for (const sample of this.samples) {
      const all = total(sample.spent);
      const unit = share ? all : sample.seconds * 1e9;
      let below = 0;
      causes.forEach((cause, i) => {
        below += sample.spent?.[cause] ?? 0;
        stacked[i].push(sample.gap || unit <= 0 ? null : below / unit);
      });
    }
    return stacked.reverse();
  }

  /** Returns nanoseconds by cause, and seconds, of the last seconds. */
  recent(seconds) {
    const end = this.samples.at(-1)?.at ?? 0;
    const recent = this.samples.filter((each) => !each.gap && each.at > end - seconds);
    const nanos = {};
    for (const sample of recent) {
      for (const [cause, value] of Object.entries(sample.spent)) {
        nanos[cause] = (nanos[cause] ?? 0) + value;
      }
    }
    return { nanos, seconds: recent.reduce((all, each) => all + each.seconds, 0) };
  }
}

/** The totals of a channel only grow; if they are smaller it is another channel. */
function spent(before, after) {
  const nanos = {};
  for (const [cause, total] of Object.entries(after)) {
    nanos[cause] = Math.max(0, total.nanos - (before?.[cause]?.nanos ?? 0));
  }
  return nanos;
}

export function total(nanos) {
  return Object.values(nanos ?? {}).reduce((all, each) => all + each, 0);
}

function sum(connections, figure) {
  return connections.reduce((all, each) => all + each[figure], 0);
}

/** One connection without a limit makes the limit of all infinite, which is no line. */
function limit(ready) {
  return ready.length > 0 && ready.every((each) => each.limit != null) ? sum(ready, 'limit') : null;
}

function smallest(connections, figure) {
  const values = connections.map((each) => each[figure]).filter((each) => each != null);
  return values.length === 0 ? null : Math.min(...values);
}
