// SPDX-License-Identifier: Apache-2.0
// Shows the gRPC clients of an application in the element with the attribute data-grpc-clients. All
// addresses are relative to this file, so the page works below any path.
import { loadCharts } from './charts.js';
import { History } from './history.js';
import { TargetView } from './target.js';
import { clock, element, words } from './text.js';

const EVENTS = new URL('events', import.meta.url);
const RETRY_MILLIS = 5000;

/** Chooses between the targets and shows one of them. */
class Page {
  constructor(host, charts) {
    this.status = element('p', { class: 'gc-status', role: 'status' }, 'Connecting…');
    this.pause = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Pause');
    this.pause.addEventListener('click', () => this.togglePause());
    this.choice = element('fieldset', { class: 'gc-targets' },
      element('legend', {}, 'Targets'));
    this.view = new TargetView();
    this.histories = new Map();
    this.buttons = new Map();
    this.chosen = decodeURIComponent(location.hash.slice(1));
    const note = charts ? '' : 'The charts need the dependency org.webjars.npm:uplot.';
    host.replaceChildren(
      element('div', { class: 'gc-bar' }, this.status, this.pause), note, this.choice,
      this.view.root);
  }

  connect() {
    this.stream?.close();
    this.stream = new EventSource(EVENTS);
    this.stream.onmessage = (event) => this.received(JSON.parse(event.data));
    this.stream.onerror = () => this.interrupted();
  }

  /** The browser reconnects by itself, unless the response was no stream. */
  interrupted() {
    this.root().dataset.live = 'false';
    if (this.stream.readyState !== EventSource.CLOSED) {
      this.say('Not connected. Trying again…');
      return;
    }
    this.say('No data: the application has stopped, you are signed out, or too many browsers show'
      + ' this page. Trying again…');
    this.retry = setTimeout(() => this.connect(), RETRY_MILLIS);
  }

  /** A page that nobody sees takes no place of another one. */
  visibilityChanged() {
    clearTimeout(this.retry);
    if (document.hidden) {
      this.stream?.close();
    } else {
      this.connect();
    }
  }

  received(snapshot) {
    this.root().dataset.live = 'true';
    for (const target of snapshot.targets) {
      this.history(target.name).add(snapshot.atMillis, target);
    }
    this.last = snapshot;
    if (!this.paused) {
      this.show();
    }
  }

  history(name) {
    if (!this.histories.has(name)) {
      this.histories.set(name, new History());
    }
    return this.histories.get(name);
  }

  show() {
    const targets = this.last.targets;
    this.say(`Live, as of ${clock(this.last.atMillis)}`);
    const names = targets.map((target) => target.name);
    if (!names.includes(this.chosen)) {
      this.chosen = names[0];
    }
    this.updateChoice(targets);
    const target = targets.find((each) => each.name === this.chosen);
    this.view.show(target, this.last, target && this.history(target.name));
  }

  updateChoice(targets) {
    const names = new Set(targets.map((target) => target.name));
    for (const [name, button] of this.buttons) {
      if (!names.has(name)) {
        button.remove();
        this.buttons.delete(name);
      }
    }
    for (const target of targets) {
      const button = this.buttons.get(target.name) || this.addButton(target.name);
      button.update(target, target.name === this.chosen);
    }
  }

  /** Radio buttons: the arrow keys move between them. */
  addButton(name) {
    const input = element('input', { type: 'radio', name: 'gc-target', value: name });
    const state = element('span', { class: 'gc-state' });
    const load = element('span', { class: 'gc-load' });
    const button = element('label', { class: 'gc-target' },
      input, element('strong', {}, name), state, load);
    input.addEventListener('change', () => this.choose(name));
    button.update = (target, chosen) => {
      input.checked = chosen;
      state.textContent = target.unreadable ? 'Unreadable' : words(target.state);
      state.dataset.state = target.unreadable ? 'UNREADABLE' : target.state;
      load.textContent = target.unreadable ? '' : loadOf(target);
    };
    this.buttons.set(name, button);
    this.choice.append(button);
    return button;
  }

  choose(name) {
    this.chosen = name;
    history.replaceState(null, '', `#${encodeURIComponent(name)}`);
    this.show();
  }

  togglePause() {
    this.paused = !this.paused;
    this.pause.setAttribute('aria-pressed', String(this.paused));
    this.pause.textContent = this.paused ? 'Resume' : 'Pause';
    if (this.paused) {
      this.say(`Paused at ${clock(this.last?.atMillis ?? Date.now())}`);
    } else if (this.last) {
      this.show();
    }
  }

  /** A screen reader reads changes of the state, not each second. */
  say(text) {
    const state = text.replace(/\d.*$/, '');
    this.status.setAttribute('aria-live', state === this.saidState ? 'off' : 'polite');
    this.saidState = state;
    this.status.textContent = text;
  }

  root() {
    return document.documentElement;
  }
}

function loadOf(target) {
  const active = target.connections.reduce((sum, each) => sum + each.active, 0);
  const waiting = target.waitingCalls + target.pendingStreams
    + target.connections.reduce((sum, each) => sum + each.pending, 0);
  return waiting > 0 ? `${active} active, ${waiting} waiting` : `${active} active`;
}

const host = document.querySelector('[data-grpc-clients]');
if (host) {
  const charts = await loadCharts();
  document.documentElement.toggleAttribute('data-charts', charts);
  const page = new Page(host, charts);
  document.addEventListener('visibilitychange', () => page.visibilityChanged());
  page.connect();
}
