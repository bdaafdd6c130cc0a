// SPDX-License-Identifier: Apache-2.0
// Shows one target: figures, charts, connections, slow calls, events.
import { Chart, colour } from './charts.js';
import { total } from './history.js';
import {
  bytes, calls, clock, duration, element, label, meaning, percent, words,
} from './text.js';

/** Steps of an axis for bytes. */
const BINARY = Array.from({ length: 40 }, (unused, i) => 2 ** i);

/** Seconds that the table of causes and the sentence above it sum up. */
const RECENT = 10;

export class TargetView {
  constructor() {
    this.share = true;
    this.causes = [];
    this.rows = new Map();
    this.facts = element('dl', { class: 'gc-facts' });
    this.failure = element('p', { class: 'gc-failure', role: 'alert', hidden: '' });
    this.root = element('div', { class: 'gc-target-view' },
      this.failure, this.facts, this.waitsPanel(),
      element('div', { class: 'gc-pair' }, this.streamsPanel(), this.windowsPanel()),
      this.connectionsPanel(), this.callsPanel(), this.eventsPanel());
  }

  waitsPanel() {
    this.verdict = element('p', { class: 'gc-verdict' });
    const host = chartHost();
    const legend = element('tbody');
    this.legend = legend;
    this.waitsChart = new Chart(host, () => this.layers(),
      (value) => (this.share ? percent(value) : calls(value)),
      (max) => (this.share ? 1 : Math.max(1, (max ?? 0) * 1.1)), null, 264);
    this.waitsHost = host;
    return panel('waits', 'What calls wait for', this.unitChoice(), this.verdict,
      element('div', { class: 'gc-stack' }, host,
        element('table', { class: 'gc-causes' },
          element('caption', {}, `Time of all calls, last ${RECENT} seconds`),
          head('Cause', 'Share', 'Calls'), legend)));
  }

  unitChoice() {
    const option = (text, share) => {
      const input = element('input', { type: 'radio', name: 'gc-unit' });
      input.checked = share === this.share;
      input.addEventListener('change', () => {
        this.share = share;
        this.waitsChart.show(this.stacked());
        this.waitsChart.redraw();
      });
      return element('label', {}, input, element('span', {}, text));
    };
    return element('fieldset', { class: 'gc-unit' },
      element('legend', {}, 'Unit of the chart'),
      option('Share of time', true), option('Calls', false));
  }

  streamsPanel() {
    this.streamsKey = key('streams', [
      ['active', 'Active'], ['waiting', 'Waiting'], ['limit', 'Limit']]);
    this.streamsHost = chartHost();
    this.streamsChart = new Chart(this.streamsHost, () => [
      { label: 'Limit', colour: colour('limit'), dash: [6, 4] },
      { label: 'Waiting', colour: colour('waiting'), fill: colour('waiting-fill') },
      { label: 'Active', colour: colour('active') },
    ], (value) => (Number.isInteger(value) ? String(value) : ''), (max) => Math.max(4, (max ?? 0) * 1.1));
    return panel('streams', 'Streams', this.streamsKey.root, this.streamsHost);
  }

  windowsPanel() {
    this.windowsKey = key('windows', [
      ['send', 'Send'], ['stream', 'Send, one stream'], ['receive', 'Receive']]);
    this.windowsHost = chartHost();
    this.windowsChart = new Chart(this.windowsHost, () => [
      { label: 'Receive', colour: colour('receive') },
      { label: 'Send, one stream', colour: colour('stream') },
      { label: 'Send', colour: colour('send') },
    ], bytes, (max) => Math.max(65536, (max ?? 0) * 1.1), BINARY);
    return panel('windows', 'Smallest windows', this.windowsKey.root, this.windowsHost);
  }

  connectionsPanel() {
    this.connections = element('tbody');
    return panel('connections', 'Connections', table(this.connections,
      ['Id', 'Peer', 'State', 'Age', 'Streams', 'Send window', 'Receive window', 'Queued', 'Unread',
        'Round trip']));
  }

  callsPanel() {
    this.slowCalls = element('tbody');
    return panel('calls', 'Slowest calls of the last 5 minutes', table(this.slowCalls,
      ['Ended', 'Method', 'Status', 'Duration', 'Attempts', 'Where the time went']));
  }

  eventsPanel() {
    this.events = element('ol', { class: 'gc-event-list', tabindex: '0', 'aria-labelledby': 'gc-events' });
    return panel('events', 'Transport events', this.events);
  }

  /** Shows a target as it is in a snapshot. */
  show(target, snapshot, history) {
    this.root.hidden = !target;
    if (!target) {
      return;
    }
    const problem = target.unreadable || target.failure;
    this.failure.hidden = !problem;
    if (this.failure.textContent !== (problem ?? '')) {
      this.failure.textContent = problem ?? '';
    }
    if (target.unreadable) {
      return;
    }
    this.history = history;
    this.causes = snapshot.causes;
    this.showFacts(target, history.samples.at(-1));
    this.showWaits();
    this.showStreams();
    this.showWindows();
    fill(this.connections, target.connections.map(connectionRow), 10, 'No connection');
    fill(this.slowCalls, target.slowCalls.map((call) => callRow(call, snapshot)), 6, 'No call yet');
    this.showEvents(target.events ?? []);
  }

  showFacts(target, sample) {
    const facts = [
      ['Target', target.target],
      ['State', words(target.state)],
      ['Active streams', String(sample.active)],
      ['Stream limit', sample.limit == null ? 'none' : String(sample.limit)],
      ['Waiting for a slot', String(sample.waiting - target.waitingCalls)],
      ['Waiting for a connection', String(target.waitingCalls)],
    ];
    this.facts.replaceChildren(...facts.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value))));
  }

  /** From the bottom of the stack: what is normal first, then what is not. */
  layers() {
    return [...this.causes].map((cause) => ({
      label: label(cause), colour: colour('surface'), fill: colour(cause),
    }));
  }

  stacked() {
    return [this.history.times, ...this.history.stack([...this.causes].reverse(), this.share)];
  }

  showWaits() {
    this.waitsChart.show(this.stacked());
    const { nanos, seconds } = this.history.recent(RECENT);
    const all = total(nanos);
    for (const cause of this.causes) {
      const row = this.rows.get(cause) ?? this.addRow(cause);
      const part = nanos[cause] ?? 0;
      row.update(all > 0 ? part / all : 0, seconds > 0 ? part / seconds / 1e9 : 0);
    }
    const most = this.causes.reduce((best, each) =>
      ((nanos[each] ?? 0) > (nanos[best] ?? 0) ? each : best), this.causes[0]);
    const text = all > 0
      ? [element('strong', {}, `${label(most)}, ${percent(nanos[most] / all)}. `), meaning(most)]
      : ['No call was in progress in the last seconds.'];
    this.verdict.replaceChildren(...text);
    this.verdict.dataset.cause = all > 0 ? most : '';
    describe(this.waitsHost, `What calls wait for, over time. ${this.verdict.textContent}`);
  }

  addRow(cause) {
    const share = element('td', { class: 'gc-number' });
    const mean = element('td', { class: 'gc-number' });
    const swatch = element('span', { class: 'gc-swatch' });
    swatch.style.backgroundColor = `var(--gc-${cause})`;
    const row = element('tr', { 'data-cause': cause, title: meaning(cause) },
      element('th', { scope: 'row' }, swatch, label(cause)), share, mean);
    row.update = (part, number) => {
      share.textContent = percent(part);
      mean.textContent = calls(number);
      row.dataset.share = part.toFixed(3);
      row.classList.toggle('gc-none', part === 0);
    };
    this.rows.set(cause, row);
    this.legend.append(row);
    return row;
  }

  showStreams() {
    const last = this.history.samples.at(-1);
    this.streamsChart.show([this.history.times, this.history.values('limit'),
      this.history.values('waiting'), this.history.values('active')]);
    this.streamsKey.update({
      active: String(last.active), waiting: String(last.waiting), limit: last.limit ?? 'none' });
    describe(this.streamsHost, `Streams over time. ${this.streamsKey.root.textContent}`);
  }

  showWindows() {
    const last = this.history.samples.at(-1);
    this.windowsChart.show([this.history.times, this.history.values('receiveWindow'),
      this.history.values('streamWindow'), this.history.values('sendWindow')]);
    this.windowsKey.update({
      send: bytes(last.sendWindow),
      stream: bytes(last.streamWindow),
      receive: bytes(last.receiveWindow),
    });
    describe(this.windowsHost, `Windows over time. ${this.windowsKey.root.textContent}`);
  }

  showEvents(events) {
    const newest = events.slice(-30).reverse();
    this.events.replaceChildren(...(newest.length === 0
      ? [element('li', { class: 'gc-empty' }, 'No event yet')]
      : newest.map((event) => element('li', { 'data-kind': event.kind },
        element('time', {}, clock(event.atMillis)),
        element('strong', {}, words(event.kind)),
        element('span', {}, event.text)))));
  }
}

function connectionRow(connection) {
  const limit = connection.limit == null ? '' : ` of ${connection.limit}`;
  const pending = connection.pending > 0 ? `, ${connection.pending} waiting` : '';
  return cells([
    ['Id', String(connection.id)],
    ['Peer', connection.remote],
    ['State', words(connection.state)],
    ['Age', connection.ageNanos == null ? '–' : duration(connection.ageNanos)],
    ['Streams', `${connection.active}${limit}${pending}`],
    ['Send window', bytes(connection.sendWindow)],
    ['Receive window', bytes(connection.receiveWindow)],
    ['Queued', bytes(connection.queuedBytes)],
    ['Unread', bytes(connection.unreadBytes)],
    ['Round trip', duration(connection.roundTripNanos)],
  ]);
}

function callRow(call, snapshot) {
  return cells([
    ['Ended', clock(snapshot.atMillis - call.endedMillisAgo)],
    ['Method', call.method],
    ['Status', call.status],
    ['Duration', duration(call.durationNanos)],
    ['Attempts', String(call.attempts)],
    ['Where the time went', split(call)],
  ]);
}

/** A bar with the parts of a call, and the largest of them in words. */
function split(call) {
  const parts = Object.entries(call.nanosByCause);
  const largest = [...parts].sort((a, b) => b[1] - a[1]).slice(0, 3)
    .filter(([, nanos]) => nanos >= call.durationNanos / 100)
    .map(([cause, nanos]) => `${label(cause)} ${duration(nanos)}`).join(', ');
  const bar = element('div', { class: 'gc-split', 'aria-hidden': 'true' });
  for (const [cause, nanos] of parts) {
    const part = element('span', { title: `${label(cause)} ${duration(nanos)}` });
    part.style.flexGrow = nanos;
    part.style.backgroundColor = `var(--gc-${cause})`;
    bar.append(part);
  }
  return element('div', {}, bar, element('span', {}, largest));
}

function panel(id, title, ...content) {
  const heading = element('h2', { id: `gc-${id}` }, title);
  return element('section', { class: `gc-panel gc-${id}`, 'aria-labelledby': `gc-${id}` },
    heading, ...content);
}

function chartHost() {
  return element('div', { class: 'gc-chart', role: 'img' });
}

function describe(host, text) {
  host.setAttribute('aria-label', text);
}

function head(...titles) {
  return element('thead', {}, element('tr', {},
    ...titles.map((title) => element('th', { scope: 'col' }, title))));
}

function table(body, titles) {
  return element('table', { class: 'gc-table' }, head(...titles), body);
}

function cells(pairs) {
  return element('tr', {}, ...pairs.map(([name, value]) =>
    element('td', { 'data-name': name }, value)));
}

function fill(body, rows, columns, empty) {
  body.replaceChildren(...(rows.length > 0
    ? rows
    : [element('tr', {}, element('td', { colspan: columns, class: 'gc-empty' }, empty))]));
}

/** The names and values of the lines of a chart. */
function key(chart, lines) {
  const values = {};
  const root = element('p', { class: 'gc-key' }, ...lines.flatMap(([name, title]) => {
    const swatch = element('span', { class: 'gc-line' });
    swatch.style.borderTopColor = `var(--gc-${name})`;
    swatch.dataset.line = name;
    values[name] = element('strong');
    return [element('span', {}, swatch, `${title} `, values[name]), ' '];
  }));
  return {
    root,
    update: (texts) => {
      for (const [name, text] of Object.entries(texts)) {
        values[name].textContent = text;
      }
    },
  };
}
