// SPDX-License-Identifier: Apache-2.0
// Draws the charts with uPlot, from the webjar org.webjars.npm:uplot. Without it there are none.

const HEIGHT = 200;

/** Seconds that the charts show at most, and at least. */
export const SPAN = 180;
const LEAST_SPAN = 12;

let library;

/** Loads uPlot; returns whether it is there. */
export async function loadCharts() {
  try {
    library = (await import(new URL('uPlot.esm.js', import.meta.url))).default;
  } catch (absent) {
    return false;
  }
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('uPlot.min.css', import.meta.url);
  document.head.prepend(style);
  return true;
}

/** Returns the value of a colour of the style sheet, which differs between light and dark. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--gc-${name}`).trim();
}

/**
 * Draws a chart over time into an element, and draws it again when its width or the colour scheme
 * changes.
 */
export class Chart {
  /**
   * @param host the element to draw into
   * @param series returns the series, each with label, colour and optionally fill, dash
   * @param format returns the text of a value of the y axis
   * @param top returns the upper end of the y axis for the largest value
   * @param steps the steps that the y axis may have, or null
   * @param height pixels
   */
  constructor(host, series, format, top, steps = null, height = HEIGHT) {
    this.host = host;
    this.series = series;
    this.format = format;
    this.top = top;
    this.steps = steps;
    this.height = height;
    this.data = null;
    if (!library) {
      return;
    }
    new ResizeObserver(() => this.resize()).observe(host);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
  }

  /** Draws other data: the times in seconds, then one array of values for each series. */
  show(data) {
    this.data = data;
    if (!library) {
      return;
    }
    if (!this.plot || this.plot.series.length !== data.length) {
      this.redraw();
    } else {
      this.plot.setData(data);
    }
  }

  /** Draws everything anew, as after a change of the series. */
  redraw() {
    if (!library || !this.data) {
      return;
    }
    this.plot?.destroy();
    this.plot = new library(this.options(), this.data, this.host);
  }

  resize() {
    if (this.plot && this.host.clientWidth > 0) {
      this.plot.setSize({ width: this.host.clientWidth, height: this.height });
    }
  }

  options() {
    const axis = {
      stroke: colour('muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: colour('grid'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: Math.max(200, this.host.clientWidth),
      height: this.height,
      padding: [8, 24, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: (plot, min, max) => [Math.max(max - SPAN, Math.min(min, max - LEAST_SPAN)), max] },
        y: { range: (plot, min, max) => [0, this.top(max)] },
      },
      axes: [
        { ...axis, size: 28, space: 70, values: (plot, splits) => splits.map(timeOfDay) },
        {
          ...axis,
          size: 62,
          ...(this.steps && { incrs: this.steps }),
          values: (plot, splits) => splits.map(this.format),
        },
      ],
      series: [
        {},
        ...this.series().map((each) => ({
          label: each.label,
          stroke: each.colour,
          width: each.fill ? 1 : 2,
          fill: each.fill,
          dash: each.dash,
          points: { show: false },
        })),
      ],
    };
  }
}

function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}
