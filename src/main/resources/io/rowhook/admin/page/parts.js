// What several screens are made of.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { html } from './html.js';
import { age, fullTime, pretty } from './format.js';
import { t, term } from './text.js';

/** A state in a word, told by its shape as well as its colour. */
export function Badge({ state, kind }) {
  const look = LOOKS[state] ?? 'plain';
  return html`<span class=${`badge ${look}`}>${term(kind ?? 'state', state)}</span>`;
}

const LOOKS = {
  ok: 'good', active: 'good', delivered: 'good', done: 'good',
  degraded: 'warn', blocked: 'warn', pending: 'warn', running: 'warn', waiting: 'warn',
  paused_failures: 'warn', paused_person: 'warn',
  paused_gone: 'bad', paused_exhausted: 'bad', hindered: 'bad', no_file: 'bad',
  failing: 'bad', failed: 'bad',
};

export function When({ at }) {
  return at ? html`<time datetime=${at} title=${fullTime(at)}>${age(at)}</time>` : '–';
}

/** What went wrong, by place where the API says so. */
export function Trouble({ error, retry }) {
  if (!error) {
    return null;
  }
  const words = error.status === 0 ? t(`trouble.${error.type}`) : error.message;
  return html`
    <div class="trouble" role="alert">
      <p>${words}</p>
      ${error.problems?.length > 1 && html`<ul>${error.problems.map((one) => html`<li>${/^#?$/.test(one.pointer ?? '') ? one.parameter : html`<code>${one.pointer}</code>`} ${one.detail}</li>`)}</ul>`}
      ${retry && html`<button type="button" onClick=${retry}>${t('retry')}</button>`}
    </div>`;
}

/** What a resource is until it is there, and beside it while it is old. */
export function Loaded({ of, children }) {
  if (of.data === null) {
    return of.error ? html`<${Trouble} error=${of.error} retry=${of.reload} />` : html`<p class="loading" role="status">${t('loading')}</p>`;
  }
  return html`
    ${of.error && html`<div class="stale" role="alert">${t('stale', { time: age(new Date(of.at).toISOString()) })} ${of.error.status === 0 ? t(`trouble.${of.error.type}`) : of.error.message}
      <button type="button" onClick=${of.reload}>${t('retry')}</button></div>`}
    ${children(of.data)}`;
}

/** A field with its label, its hint and what is wrong with it. */
export function Field({ label, hint, error, value, onInput, options, multiline, ...rest }) {
  const id = useId();
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const common = {
    id, ...rest, 'aria-describedby': told, 'aria-invalid': error ? 'true' : undefined,
    onInput: (event) => onInput(event.target.value),
  };
  let control;
  if (options) {
    control = html`<select ...${common} value=${value}>${options.map(([key, words]) => html`<option value=${key} selected=${key === value}>${words}</option>`)}</select>`;
  } else if (multiline) {
    control = html`<textarea ...${common} value=${value}></textarea>`;
  } else {
    control = html`<input ...${common} value=${value} />`;
  }
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${control}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
      ${error && html`<p class="wrong" id=${`${id}-error`}>${error}</p>`}
    </div>`;
}

/** A button that says what it is at and what came of it. `act` may throw. */
export function Action({ children, act, done, kind = '', confirm, disabled }) {
  const [state, setState] = useState({ busy: false, error: null, said: null });
  const [asking, setAsking] = useState(false);
  const run = async () => {
    setAsking(false);
    setState({ busy: true, error: null, said: null });
    try {
      const said = await act();
      setState({ busy: false, error: null, said: typeof said === 'string' ? said : t('done') });
      done?.();
    } catch (error) {
      setState({ busy: false, error, said: null });
    }
  };
  return html`
    <span class="action">
      <button type="button" class=${kind} disabled=${disabled || state.busy} aria-busy=${state.busy} onClick=${confirm ? () => setAsking(true) : run}>${children}</button>
      <span role="status" class="said">${state.said}</span>
      ${state.error && html`<${Trouble} error=${state.error} />`}
      ${asking && html`<${Dialog} title=${children} close=${() => setAsking(false)}>
        <p>${confirm}</p>
        <div class="row"><button type="button" class=${kind || 'first'} onClick=${run}>${children}</button>
        <button type="button" onClick=${() => setAsking(false)}>${t('cancel')}</button></div>
      <//>`}
    </span>`;
}

export function Dialog({ title, close, children }) {
  const dialog = useRef(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  return html`<dialog ref=${dialog} aria-labelledby=${id} onCancel=${(event) => { event.preventDefault(); close(); }}>
    <h2 id=${id}>${title}</h2>${children}</dialog>`;
}

/** Columns are [words, cell(row), class]; a phone gets each row as a list of these. */
export function Table({ caption, columns, rows, keyOf, empty }) {
  if (rows.length === 0) {
    return html`<p class="empty">${empty ?? t('nothing')}</p>`;
  }
  return html`
    <div class="scroll" role="group" aria-label=${caption} tabindex="0">
      <table>
        <caption class="unseen">${caption}</caption>
        <thead><tr>${columns.map(([words, , look]) => html`<th scope="col" class=${look}>${words}</th>`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr key=${keyOf(row)}>${columns.map(([words, cell, look]) => html`<td data-label=${words} class=${look}>${cell(row)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>`;
}

/** Links that look like tabs: each is an address. */
export function Tabs({ label, tabs, current }) {
  return html`<nav class="tabs" aria-label=${label}><ul>${tabs.map(([name, words, href]) => html`<li key=${name}>
    <a href=${href} aria-current=${name === current ? 'page' : undefined}>${words}</a></li>`)}</ul></nav>`;
}

export function Code({ text, label }) {
  return html`<pre tabindex="0" role="group" aria-label=${label}><code>${pretty(text)}</code></pre>`;
}

/** Lines of two texts: what went, what came. */
export function Difference({ before, after, label }) {
  const lines = difference(pretty(before ?? '').split('\n'), pretty(after ?? '').split('\n'));
  return html`<pre class="difference" tabindex="0" role="group" aria-label=${label}>${lines.map(([sign, line]) => {
    if (sign === '-') {
      return html`<del><span class="unseen">${t('gone')} </span>${`- ${line}\n`}</del>`;
    }
    return sign === '+' ? html`<ins><span class="unseen">${t('new')} </span>${`+ ${line}\n`}</ins>` : html`<span>${`  ${line}\n`}</span>`;
  })}</pre>`;
}

const MOST_LINES = 2000;

function difference(one, other) {
  let begin = 0;
  while (begin < one.length && begin < other.length && one[begin] === other[begin]) {
    begin++;
  }
  let end = 0;
  while (end < one.length - begin && end < other.length - begin && one[one.length - 1 - end] === other[other.length - 1 - end]) {
    end++;
  }
  const a = one.slice(begin, one.length - end);
  const b = other.slice(begin, other.length - end);
  const same = (lines) => lines.map((line) => [' ', line]);
  return [...same(one.slice(0, begin)), ...middle(a, b), ...same(one.slice(one.length - end))];
}

/** By the longest common subsequence, where it is not too large. */
function middle(a, b) {
  if (a.length > MOST_LINES || b.length > MOST_LINES) {
    return [...a.map((line) => ['-', line]), ...b.map((line) => ['+', line])];
  }
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j]
        ? longest[(i + 1) * width + j + 1] + 1
        : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push([' ', a[i]]);
      i++;
      j++;
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      lines.push(['-', a[i++]]);
    } else {
      lines.push(['+', b[j++]]);
    }
  }
  return [...lines, ...a.slice(i).map((line) => ['-', line]), ...b.slice(j).map((line) => ['+', line])];
}
