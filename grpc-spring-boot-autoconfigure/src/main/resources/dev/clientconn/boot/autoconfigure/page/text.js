// SPDX-License-Identifier: Apache-2.0
// Names, units and elements. Text reaches the page as text nodes only, never as markup.

/** What a call waits for, in the order of its life: label, and what to do about much of it. */
export const CAUSES = {
  name_resolution: ['Name resolution', 'The name resolver has not supplied addresses yet. Check DNS or the registry.'],
  connecting: ['Connecting', 'No connection is ready. The last transport events and the failure say why.'],
  credentials: ['Credentials', 'The call credentials have not supplied their metadata. Check the token server.'],
  retry_backoff: ['Retry backoff', 'Attempts failed and are repeated after a pause. See the status of the slowest calls.'],
  stream_slot: ['Stream slot', 'The server allows no more calls at a time. Raise its limit, or connections.max of this target.'],
  stream_window: ['Stream window', 'The server grants single calls no more bytes: its code reads their requests slowly.'],
  connection_window: ['Connection window', 'The server grants the whole connection no more bytes: its calls share one window.'],
  socket: ['Socket', 'The socket takes no more bytes: the server does not read, or the network is slow.'],
  turn: ['Own turn', 'Other calls of the connection are sent first, or its event loop is busy.'],
  application: ['Application', 'The code of this application is to act: to send, to request or to take a message.'],
  server: ['Server', 'Everything was sent; the server has not responded completely.'],
};

/** Returns the label of a cause; a cause that a later version adds has its id. */
export function label(cause) {
  return (CAUSES[cause] || [cause.replaceAll('_', ' ')])[0];
}

/** Returns what much of a cause means. */
export function meaning(cause) {
  return (CAUSES[cause] || ['', ''])[1];
}

/** Returns a duration of nanoseconds with its unit: 850 µs, 12 ms, 3.4 s, 2 min 5 s. */
export function duration(nanos) {
  if (nanos == null) {
    return '–';
  }
  const micros = nanos / 1e3;
  if (micros < 1000) {
    return `${Math.round(micros)} µs`;
  }
  const millis = nanos / 1e6;
  if (millis < 1000) {
    return `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`;
  }
  const seconds = nanos / 1e9;
  if (seconds < 60) {
    return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Returns a number of bytes with its unit. */
export function bytes(count) {
  if (count == null) {
    return '–';
  }
  const size = Math.abs(count);
  if (size < 1024) {
    return `${Math.round(count)} B`;
  }
  return size < 1023.5 * 1024
    ? `${trim(count / 1024)} KiB`
    : `${trim(count / 1048576)} MiB`;
}

function trim(value) {
  return String(Math.abs(value) < 10 ? Number(value.toFixed(1)) : Math.round(value));
}

/** Returns a share of one as a percentage. */
export function percent(share) {
  const value = share * 100;
  return value > 0 && value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}

/** Returns a mean number of calls. */
export function calls(mean) {
  if (mean < 0.05) {
    return mean > 0 ? '< 0.1' : '0';
  }
  return mean < 10 ? mean.toFixed(1) : String(Math.round(mean));
}

/** Returns the time of day. */
export function clock(millis) {
  return new Date(millis).toLocaleTimeString([], { hour12: false });
}

/** Returns a state, such as TRANSIENT_FAILURE, as words. */
export function words(constant) {
  const lower = String(constant).toLowerCase().replaceAll('_', ' ').replace('goaway', 'GOAWAY');
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

/**
 * Creates an element. Strings among its children become text; null ones are left out.
 */
export function element(tag, attributes = {}, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null) {
      created.setAttribute(name, value);
    }
  }
  created.append(...children.filter((child) => child != null));
  return created;
}
