// A plot over time, with its numbers as a table for who does not see it.

import { useEffect, useRef } from 'preact/hooks';
import Uplot from 'uplot';
import { html } from './html.js';
import { fullTime, time } from './format.js';
import { t } from './text.js';

const HEIGHT = 140;
const LATEST = 10; // rows of the table

/** A quarter of an hour, until there is more. */
const around = (time) => [(time ?? Date.now() / 1000) - 900, time ?? Date.now() / 1000];

/**
 * @param times in seconds
 * @param lines [words, values, CSS variable of the colour]
 * @param show how a value is written
 */
export function Plot({ title, times, lines, show }) {
  const place = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    plot.current = new Uplot(
      {
        width: place.current.clientWidth || 300,
        height: HEIGHT,
        cursor: { y: false },
        legend: { show: false },
        scales: { x: { range: (_, low, high) => (low === null || low === high ? around(low) : [low, high]) }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => time(new Date(tick * 1000).toISOString())), space: 90 },
          { ...axis, values: (_, ticks) => ticks.map(show), size: 64 },
        ],
        series: [{}, ...lines.map(([label, , name]) => ({ label, stroke: colour(name), width: 2, points: { show: (_, __, from, to) => to - from < 2, size: 6 }, spanGaps: true }))],
      },
      [times, ...lines.map(([, values]) => values)],
      place.current,
    );
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: place.current.clientWidth, height: HEIGHT }));
    resized.observe(place.current);
    return () => {
      resized.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData([times, ...lines.map(([, values]) => values)]), [times, lines]);
  const last = times.map((_, at) => at).slice(-LATEST).reverse();
  return html`
    <figure class="plot">
      <figcaption>${title}<span class="legend">${lines.map(([label, values, name]) => html`<span><i class="dot" data-colour=${name}></i>${lines.length > 1 && label} <b>${show(values.at(-1))}</b></span>`)}</span></figcaption>
      <div ref=${place} aria-hidden="true"></div>
      ${times.length < 2 && html`<p class="hint">${t('plot.soon')}</p>`}
      <details><summary>${t('as-table')}</summary>
        <table><thead><tr><th scope="col">${t('time')}</th>${lines.map(([label]) => html`<th scope="col">${label}</th>`)}</tr></thead>
        <tbody>${last.map((at) => html`<tr><td>${fullTime(new Date(times[at] * 1000).toISOString())}</td>${lines.map(([, values]) => html`<td>${show(values[at])}</td>`)}</tr>`)}</tbody></table>
      </details>
    </figure>`;
}
