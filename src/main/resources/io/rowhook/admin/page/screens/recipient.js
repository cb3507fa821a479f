// One recipient: what it is at, its settings, its failures, and what a person may do about it.

import { useEffect, useState } from 'preact/hooks';
import { address, ask, get, post, useLive, useResource } from '../api.js';
import { Editor } from '../editor.js';
import { html } from '../html.js';
import { Action, Badge, Code, Dialog, Field, Loaded, Table, Tabs, Trouble, When } from '../parts.js';
import { bytes, duration, fullTime, instant, millis, number, prose } from '../format.js';
import { go, link, useUnsaved } from '../route.js';
import { SettingsForm } from '../settings-form.js';
import { t, term } from '../text.js';
import { Audits } from './audit.js';
import { DeliveryTable } from './deliveries.js';

const LIVE_SHOWN = 100;
const TABS = ['live', 'failures', 'settings', 'yaml', 'resync', 'audit', 'replay'];

export function Recipient({ name, tab }) {
  const status = useResource('/v1/status', 5_000);
  return html`
    <p><a href=${link([])}>${t('screen.overview')}</a></p>
    <${Loaded} of=${status}>${(data) => {
      const one = data.recipients.find((found) => found.recipient === name);
      return html`
        ${one ? html`<${Head} one=${one} health=${data.health} reload=${status.reload} />` : html`<h1>${name}</h1><p class="empty">${t('recipient.unknown')}</p>`}
        <${Tabs} label=${name} current=${tab} tabs=${TABS.map((key) => [key, t(`tab.${key}`), link(['recipients', name, key])])} />
        ${tab === 'live' && html`<${Live} name=${name} />`}
        ${tab === 'failures' && html`<${Failures} name=${name} one=${one} />`}
        ${tab === 'settings' && html`<${Settings} name=${name} form=${true} />`}
        ${tab === 'yaml' && html`<${Settings} name=${name} form=${false} />`}
        ${tab === 'resync' && html`<${Resyncs} name=${name} />`}
        ${tab === 'audit' && html`<${Audits} name=${name} />`}
        ${tab === 'replay' && html`<${Replay} name=${name} />`}`;
    }}<//>`;
}

const SEEN = 1500; // ms until a pause shows in the status

function Head({ one, health, reload: look }) {
  const name = one.recipient;
  const reload = () => {
    look();
    setTimeout(look, SEEN);
  };
  const settled = () => {
    reload();
    document.getElementById('content').focus(); // the button that was pressed gives way to another
  };
  const [testing, setTesting] = useState(null);
  const [reason, setReason] = useState(null);
  const [refused, setRefused] = useState(null);
  const part = health.parts.find((found) => found.part === 'recipient' && found.subject === name);
  const at = (what) => address(['recipients', name, what]);
  const pause = async (event) => {
    event.preventDefault();
    try {
      await post(at('pause'), reason === '' ? {} : { reason });
      setReason(null);
      settled();
    } catch (error) {
      setRefused(error);
    }
  };
  return html`
    <div class="head"><h1>${name}</h1><${Badge} kind="recipient" state=${one.state} /></div>
    ${part && part.state !== 'ok' && html`<p><${Badge} kind="health" state=${part.state} /> ${prose(part.reason)}</p>`}
    <div class="row">
      ${one.pause
        ? html`<${Action} kind="first" act=${() => post(at('resume'))} done=${settled}>${t('resume')}<//>`
        : html`<button type="button" onClick=${() => setReason('')}>${t('pause')}</button>`}
      <${Action} act=${async () => { setTesting(await post(at('test'))); return ''; }}>${t('test')}<//>
      <a class="button" href=${link(['what-if'], { recipient: name })}>${t('screen.what-if')}</a>
    </div>
    ${reason !== null && html`<${Dialog} title=${`${t('pause')}: ${name}`} close=${() => setReason(null)}>
      <form onSubmit=${pause}>
        <p>${t('pause.what')}</p>
        <${Field} label=${t('reason')} value=${reason} onInput=${setReason} />
        <${Trouble} error=${refused} />
        <div class="row"><button type="submit">${t('pause')}</button>
        <button type="button" onClick=${() => setReason(null)}>${t('cancel')}</button></div>
      </form><//>`}
    ${testing && html`<${TestResult} of=${testing} />`}
    <section><dl>
      <dt>${t('backlog')}</dt><dd>${number(one.ahead + one.waiting + one.blocked)} (${bytes(one.backlogBytes)}), ${t('oldest')} <${When} at=${one.oldest} /></dd>
      <dt>${t('failures')}</dt><dd>${t('failures.window', { n: number(one.failures), time: duration(one.failuresWithin) })}</dd>
      <dt>${t('failed')}</dt><dd>${number(one.failed)}</dd>
      <dt>${t('in-flight')}</dt><dd>${number(one.inFlight)}</dd>
      ${one.completeTo && html`<dt>${t('complete-to')}</dt><dd><${When} at=${one.completeTo} /></dd>`}
      ${one.instance && html`<dt>${t('instance')}</dt><dd>${one.instance}${one.unanswered ? html`: <${Badge} kind="health" state="degraded" /> ${prose(one.unanswered)}` : ''}</dd>`}
      ${one.trouble && html`<dt>${t('why')}</dt><dd>${one.trouble}</dd>`}
    </dl></section>`;
}

export function TestResult({ of }) {
  return html`<section role="status" aria-label=${t('test')}>
    <p><${Badge} kind="acknowledged" state=${of.acknowledged ? 'ok' : 'failed'} /> ${of.status ?? ''} ${of.error ?? ''} (${millis(of.tookMillis)})</p>
    <p><code>${of.method} ${of.url}</code></p>
    ${of.answer && html`<${Code} text=${of.answer} label=${t('answer')} />`}
    <details><summary>${t('request')}</summary><dl>${of.headers.map((one) => html`<dt><code>${one.name}</code></dt><dd><code>${one.value}</code></dd>`)}</dl><${Code} text=${of.body} label=${t('body')} /></details>
  </section>`;
}

function Live({ name }) {
  const [attempts, setAttempts] = useState([]);
  const live = useLive(address(['live-events'], { recipient: name }), (kind, data) => {
    if (kind === 'attempt') {
      setAttempts((old) => [data, ...old].slice(0, LIVE_SHOWN));
    }
  });
  return html`<section aria-label=${t('tab.live')}>
    <p class="hint" role="status">${t(live ? 'live.on' : 'live.off')}</p>
    <${Table} caption=${t('tab.live')} rows=${attempts} keyOf=${(one) => `${one.sequence} ${one.number} ${one.at}`} empty=${t('live.nothing')} columns=${[
      [t('time'), (one) => fullTime(one.at)],
      [t('event'), (one) => html`<a href=${link(['deliveries', name, one.event])}>${one.entity} ${one.id}</a> ${term('type', one.type)}`],
      [t('attempt'), (one) => one.number, 'number'],
      [t('answer'), (one) => one.status ?? '–', 'number'],
      [t('took'), (one) => millis(one.tookMillis), 'number'],
      [t('outcome'), (one) => html`<${Badge} state=${one.outcome} />`],
      [t('why'), (one) => one.error ?? ''],
    ]} /></section>`;
}

function Failures({ name, one }) {
  const failed = useResource(address(['deliveries'], { recipient: name, state: ['failed', 'waiting', 'blocked'], limit: 100 }), 10_000);
  return html`<section aria-label=${t('tab.failures')}>
    ${one && html`<p>${t('failures.window', { n: number(one.failures), time: duration(one.failuresWithin) })}</p>
      ${one.lastFailures.length > 0 && html`<${Table} caption=${t('failures')} rows=${one.lastFailures} keyOf=${(row) => `${row.sequence} ${row.at}`} columns=${[
        [t('time'), (row) => fullTime(row.at)],
        [t('event'), (row) => html`<a href=${link(['deliveries', name, row.event])}>${row.sequence}</a>`],
        [t('answer'), (row) => row.status ?? '–', 'number'],
        [t('why'), (row) => row.error ?? ''],
      ]} />`}`}
    <h2>${t('failures.deliveries')}</h2>
    <${Loaded} of=${failed}>${(data) => html`
      <${DeliveryTable} rows=${data.deliveries} />
      ${data.deliveries.length > 0 && html`<${Action} confirm=${t('replay.failed.confirm')} act=${() => post(address(['recipients', name, 'replay']), { failed: true, fromSequence: 0 })} done=${failed.reload}>${t('replay.failed')}<//>`}`}<//>
  </section>`;
}

function Settings({ name, form }) {
  const file = useResource(address(['recipients', name]));
  const settings = useResource('/v1/settings');
  return html`<${Loaded} of=${file}>${(data) => html`<${Loaded} of=${settings}>${(all) =>
    html`<${Edit} key=${`${name} ${form}`} name=${name} file=${data} entities=${all.entities} form=${form} />`}<//>`}<//>`;
}

/** What is edited is the file as it was when the edit began: what others have done meanwhile is not undone. */
function Edit({ name, file, entities, form }) {
  const [base, setBase] = useState(file);
  const [settings, setSettings] = useState(file.settings);
  const [yaml, setYaml] = useState(file.yaml);
  const [problems, setProblems] = useState([]);
  const [said, setSaid] = useState(null);
  useUnsaved(form ? settings !== base.settings && JSON.stringify(settings) !== JSON.stringify(base.settings) : yaml !== base.yaml);
  const content = form ? { settings } : { yaml };
  const judge = async () => {
    const judged = await post(address(['recipients', name, 'validate']), content);
    setProblems(judged.problems);
    return judged.good;
  };
  useEffect(() => {
    const timer = setTimeout(() => judge().catch(() => {}), 600);
    return () => clearTimeout(timer);
  }, [settings, yaml]);
  const save = async () => {
    const headers = { 'If-Match': base.etag };
    const at = address(['recipients', name]);
    const edited = form
      ? await ask('PATCH', at, { body: patch(base.settings, settings), headers: { ...headers, 'Content-Type': 'application/merge-patch+json' } })
      : await ask('PUT', at, { body: content, headers });
    setSaid(edited);
    const now = await get(at);
    setBase(now);
    setSettings(now.settings);
    setYaml(now.yaml);
    return t(edited.inForce ? 'saved' : 'saved-not');
  };
  const remove = async () => {
    await ask('DELETE', address(['recipients', name]), { headers: { 'If-Match': base.etag } });
    go([]);
  };
  return html`<section>
    ${form
      ? html`<p class="hint">${t('form.comments')}</p><${SettingsForm} settings=${settings} entities=${entities} change=${setSettings} problems=${problems} />`
      : html`<${Editor} key=${base.etag} label=${t('tab.yaml')} language="yaml" text=${yaml} change=${setYaml} problems=${problems} />`}
    ${problems.length > 0 && html`<ul class="wrong">${problems.map((one) => html`<li>${one.line ? `${one.line}:${one.column} ` : ''}<code>${one.pointer}</code> ${one.detail}</li>`)}</ul>`}
    <div class="row">
      <${Action} kind="first" act=${save}>${t('save')}<//>
      <${Action} kind="danger" confirm=${t('recipient.delete.confirm', { name })} act=${remove}>${t('delete')}<//>
    </div>
    ${said && html`<p role="status">${said.changes.join('; ')} ${said.inForce ? '' : said.problems.join(' ')}</p>`}
  </section>`;
}

/** What a merge patch (RFC 7396) has to say to make one of the other. */
function patch(before, after) {
  const made = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const one = before[key];
    const other = after[key];
    if (other === undefined || other === null) {
      if (one !== undefined) {
        made[key] = null;
      }
    } else if (JSON.stringify(one) !== JSON.stringify(other)) {
      const deep = isMap(one) && isMap(other);
      made[key] = deep ? patch(one, other) : other;
    }
  }
  return made;
}

const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function Resyncs({ name }) {
  const resyncs = useResource('/v1/resyncs', 2_000);
  const settings = useResource('/v1/settings');
  const [entity, setEntity] = useState('');
  const [where, setWhere] = useState('');
  const begin = async () => {
    const chosen = entity || settings.data.entities[0].name;
    await post(address(['recipients', name, 'resync']), where === '' ? { entity: chosen } : { entity: chosen, where });
    resyncs.reload();
  };
  return html`<section aria-label=${t('tab.resync')}>
    <p class="hint">${t('resync.what')}</p>
    <${Loaded} of=${settings}>${(all) => html`<div class="row end">
      <${Field} label=${t('entity')} value=${entity || all.entities[0]?.name} onInput=${setEntity} options=${all.entities.map((one) => [one.name, one.name])} />
      <${Field} label=${t('resync.where')} value=${where} onInput=${setWhere} placeholder="status = 'open'" />
      <${Action} kind="first" act=${begin}>${t('resync.begin')}<//></div>`}<//>
    <${Loaded} of=${resyncs}>${(data) => html`<${Table} caption=${t('tab.resync')} rows=${data.resyncs.filter((one) => one.recipient === name).reverse()} keyOf=${(one) => one.id} empty=${t('resync.none')} columns=${[
      [t('entity'), (one) => `${one.entity} ${one.condition}`],
      [t('state'), (one) => html`<${Badge} state=${one.state} /> ${one.waits ?? one.reason ?? ''}`],
      [t('progress'), (one) => html`<progress max=${Math.max(1, one.estimate, one.read)} value=${one.state === 'done' ? Math.max(1, one.estimate, one.read) : one.read} aria-label=${t('progress')}></progress> ${t('resync.progress', { read: number(one.read), estimate: number(one.estimate), published: number(one.published) })}`],
      [t('begun'), (one) => fullTime(one.beganAt)],
      [t('action'), (one) => one.state === 'running' && html`<${Action} kind="danger" act=${() => ask('DELETE', address(['resyncs', one.id]))} done=${resyncs.reload}>${t('resync.end')}<//>`],
    ]} />`}<//>
  </section>`;
}

function Replay({ name }) {
  const [range, setRange] = useState({ from: '', to: '', failed: false });
  const [counted, setCounted] = useState(null);
  const set = (key) => (value) => { setRange({ ...range, [key]: value }); setCounted(null); setSent(''); };
  const body = () => ({
    ...(range.from && { from: instant(range.from) }), ...(range.to && { to: instant(range.to) }),
    ...(range.failed && { failed: true }),
  });
  const at = address(['recipients', name, 'replay']);
  const [sent, setSent] = useState('');
  const send = async () => {
    setSent(t('replay.done', { n: number((await post(at, { ...body(), atMost: counted })).count) }));
    setCounted(null);
    return '';
  };
  return html`<section aria-label=${t('tab.replay')}>
    <p class="hint">${t('replay.what')}</p>
    <div class="row end">
      <${Field} label=${t('from')} type="datetime-local" required value=${range.from} onInput=${set('from')} />
      <${Field} label=${t('to')} type="datetime-local" value=${range.to} onInput=${set('to')} />
      <label class="check"><input type="checkbox" checked=${range.failed} onChange=${(event) => set('failed')(event.target.checked)} />${t('replay.only-failed')}</label>
      <${Action} disabled=${!range.from} act=${async () => { setCounted((await post(at, { ...body(), dryRun: true })).count); return ''; }}>${t('replay.count')}<//>
    </div>
    <p role="status">${sent}</p>
    ${counted !== null && html`<p role="status">${t('replay.counted', { n: number(counted) })}</p>
      <${Action} kind="first" disabled=${counted === 0} act=${send}>${t('replay.send')}<//>`}
  </section>`;
}
