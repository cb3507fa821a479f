// What needs a person first; then source, journal and recipients, and how it went over time.

import { useState } from 'preact/hooks';
import { ask, useResource } from '../api.js';
import { html } from '../html.js';
import { Action, Badge, Field, Loaded, Table, When } from '../parts.js';
import { Plot } from '../plot.js';
import { bytes, duration, millis, number, prose, seconds } from '../format.js';
import { link } from '../route.js';
import { count, t, term } from '../text.js';

const EVERY = 5_000;
const EVERY_HISTORY = 15_000;
const SHOWN = 50; // recipients at once

export function Overview() {
  const status = useResource('/v1/status', EVERY);
  const history = useResource('/v1/history', EVERY_HISTORY);
  return html`
    <div class="head"><h1>${t('screen.overview')}</h1><a class="button first" href=${link(['recipients'])}>${t('recipient.new')}</a></div>
    <${Loaded} of=${status}>${(data) => html`
      <${Needs} status=${data} reload=${status.reload} />
      <div class="cards"><${Source} status=${data} /><${Journal} status=${data} /></div>
      ${data.instances.length > 0 && html`<${Instances} status=${data} />`}
      <${Recipients} status=${data} history=${history.data} />`}<//>
    <section aria-label=${t('history')}><h2>${t('history')}</h2>
      <${Loaded} of=${history}>${(data) => html`<${History} of=${data} />`}<//>
    </section>`;
}

/** All that is not as it should be, the worst first. */
function needs(status) {
  const found = status.health.parts
    .filter((part) => part.state !== 'ok')
    .map((part) => ({ key: `${part.part}:${part.subject ?? ''}`, state: part.state, what: term('part', part.part), subject: part.subject, why: part.reason, since: part.since, at: link(place(part)) }));
  for (const recipient of status.recipients.filter((one) => one.failed > 0)) {
    found.push({
      key: `failed:${recipient.recipient}`, state: 'degraded', what: count('failed-deliveries', recipient.failed), subject: recipient.recipient,
      why: t('failed-deliveries.why'), since: null, at: link(['deliveries'], { recipient: recipient.recipient, state: 'failed' }),
    });
  }
  return found.sort((a, b) => Number(b.state === 'failing') - Number(a.state === 'failing'));
}

function place(part) {
  if (part.part === 'recipient' || part.part === 'backlog') {
    return ['recipients', part.subject];
  }
  return part.part === 'templates' ? ['workbench'] : [];
}

function Needs({ status, reload }) {
  const found = needs(status);
  const killed = status.killSwitch;
  return html`
    <section aria-label=${t('needs')}>
      <div class="head"><h2>${t('needs')}</h2><${Badge} kind="health" state=${found.length > 0 && status.health.state === 'ok' ? 'degraded' : status.health.state} /></div>
      ${found.length === 0 ? html`<p class="empty">${t('needs.nothing')}</p>` : html`
        <ul class="needs">${found.map((one) => html`<li key=${one.key}>
          <${Badge} kind="health" state=${one.state} /> <a href=${one.at}><strong>${one.what}${one.subject ? ` ${one.subject}` : ''}</strong></a>
          ${' '}${prose(one.why)} ${one.since && html`<span class="hint"><${When} at=${one.since} /></span>`}</li>`)}</ul>`}
      <div class="row">
        ${killed
          ? html`<${Action} kind="first" act=${clear} done=${reload}>${t('kill.clear')}<//>`
          : html`<${Action} kind="danger" confirm=${t('kill.confirm')} act=${set} done=${reload}>${t('kill.set')}<//>`}
      </div>
    </section>`;
}

const set = () => ask('PUT', '/v1/kill-switch', { body: { reason: t('kill.reason') } });
const clear = () => ask('DELETE', '/v1/kill-switch');

function Source({ status }) {
  const slot = status.slot;
  return html`
    <section aria-label=${t('source')}><h2>${t('source')}</h2><dl>
      <dt>${t('capture')}</dt><dd>${prose(status.capture)}</dd>
      ${slot && html`
        <dt>${t('slot')}</dt><dd>${slot.slot} ${slot.risk ? html`<${Badge} kind="health" state="degraded" /> ${slot.risk}` : ''}</dd>
        <dt>${t('lag')}</dt><dd>${bytes(slot.behindBytes)}${Number.isFinite(slot.behindSeconds) ? `, ${seconds(slot.behindSeconds)}` : ''}</dd>
        <dt>${t('retained')}</dt><dd>${bytes(slot.retainedBytes)}${slot.safeBytes === null ? '' : `, ${t('safe', { size: bytes(slot.safeBytes) })}`}</dd>`}
    </dl></section>`;
}

function Journal({ status }) {
  const part = (name) => status.health.parts.find((one) => one.part === name);
  return html`
    <section aria-label=${t('journal')}><h2>${t('journal')}</h2><dl>
      ${['journal', 'disk', 'settings', 'templates'].map(part).filter(Boolean).map((one) => html`
        <dt>${term('part', one.part)}</dt><dd>${one.state !== 'ok' && html`<${Badge} kind="health" state=${one.state} /> `}${prose(one.reason)}</dd>`)}
      <dt>${t('events')}</dt><dd>${number(status.head)}</dd>
    </dl></section>`;
}

/** Those that share the work, each with what it does. */
function Instances({ status }) {
  const does = (one) => [one.captures && t('instance.captures'), one.name === status.instance && t('instance.asked')].filter(Boolean).join(', ');
  const columns = [
    [t('instance'), (one) => (one.api ? html`<a href=${one.api}>${one.name}</a>` : one.name)],
    [t('state'), (one) => (one.unanswered ? html`<${Badge} kind="health" state="degraded" /> ${prose(one.unanswered)}` : html`<${Badge} kind="health" state="ok" />`)],
    [t('instance.does'), does],
    [t('instance.serves'), (one) => number(one.recipients), 'number'],
    [t('instance.since'), (one) => html`<${When} at=${one.since} />`],
  ];
  return html`<section aria-label=${t('instances')}><h2>${t('instances')} (${number(status.instances.length)})</h2>
    <${Table} caption=${t('instances')} columns=${columns} rows=${status.instances} keyOf=${(one) => one.name} /></section>`;
}

function Recipients({ status, history }) {
  const rates = new Map((history?.recipients ?? []).map((one) => [one.recipient, one]));
  const rate = (one, key) => rates.get(one.recipient)?.[key];
  const bad = (one) => (one.pause ? 2 : 0) + (one.failed > 0 ? 1 : 0);
  const rows = [...status.recipients].sort((a, b) => bad(b) - bad(a) || a.recipient.localeCompare(b.recipient));
  const columns = [
    [t('recipient'), (one) => html`<a href=${link(['recipients', one.recipient])}>${one.recipient}</a>`],
    [t('state'), (one) => html`<${Badge} kind="recipient" state=${one.state} />`],
    [t('rate'), (one) => number(rate(one, 'deliveredPerMinute')), 'number'],
    [t('delay'), (one) => millis(rate(one, 'delayMillis')), 'number'],
    [t('failures'), (one) => t('failures.window', { n: number(one.failures), time: duration(one.failuresWithin) }), 'number'],
    [t('backlog'), (one) => number(one.ahead + one.waiting + one.blocked), 'number'],
    [t('oldest'), (one) => html`<${When} at=${one.oldest} />`],
    [t('failed'), (one) => (one.failed > 0 ? html`<a href=${link(['deliveries'], { recipient: one.recipient, state: 'failed' })}>${number(one.failed)}</a>` : '0'), 'number'],
  ];
  return html`<section aria-label=${t('recipients')}><h2>${t('recipients')} (${number(rows.length)})</h2>
    <${Shown} rows=${rows} columns=${columns} /></section>`;
}

function Shown({ rows, columns }) {
  const [words, setWords] = useState('');
  const [all, setAll] = useState(false);
  const wanted = rows.filter((one) => one.recipient.toLowerCase().includes(words.toLowerCase()));
  const shown = all ? wanted : wanted.slice(0, SHOWN);
  return html`
    ${rows.length > 10 && html`<div class="row"><${Field} label=${t('find-recipient')} type="search" value=${words} onInput=${setWords} /></div>`}
    <${Table} caption=${t('recipients')} columns=${columns} rows=${shown} keyOf=${(one) => one.recipient} empty=${t('recipients.none')} />
    ${shown.length < wanted.length && html`<button type="button" onClick=${() => setAll(true)}>${t('show-all', { n: number(wanted.length) })}</button>`}`;
}

function History({ of }) {
  const perMinute = (value) => number(Math.round(value));
  return html`<div class="halves">
    <${Plot} title=${t('plot.flow')} times=${of.times} show=${perMinute} lines=${[[t('plot.events'), of.published, '--one'], [t('plot.delivered'), of.delivered, '--two'], [t('plot.failed'), of.failed, '--three']]} />
    <${Plot} title=${t('plot.delay')} times=${of.times} show=${millis} lines=${[[t('plot.delay'), of.delayMillis, '--one']]} />
    <${Plot} title=${t('plot.backlog')} times=${of.times} show=${number} lines=${[[t('plot.waiting'), of.waiting, '--one']]} />
    <${Plot} title=${t('plot.lag')} times=${of.times} show=${bytes} lines=${[[t('plot.lag'), of.lagBytes, '--one']]} />
  </div>`;
}
