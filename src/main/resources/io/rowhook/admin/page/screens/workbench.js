// A template beside what it makes of real events: errors, what is missing, what is different, then saved.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { address, ask, get, post, useResource } from '../api.js';
import { Editor } from '../editor.js';
import { html } from '../html.js';
import { Action, Badge, Code, Difference, Field, Loaded, Trouble } from '../parts.js';
import { go, link, useUnsaved } from '../route.js';
import { t, term } from '../text.js';
import { startWhatIf, WhatIfResult } from './what-if.js';

const PAUSE = 300; // ms without a key until it is judged
const EVENTS = 20;

export function Workbench({ template, query }) {
  return template ? html`<${Open} template=${template} query=${query} />` : html`<${Choose} />`;
}

function Choose() {
  const templates = useResource('/v1/templates');
  const settings = useResource('/v1/settings');
  const [recipient, setRecipient] = useState('');
  const [name, setName] = useState('');
  const begin = (event) => {
    event.preventDefault();
    go(['workbench', ...(recipient ? [recipient] : []), `${name}.jslt`], { new: 1 });
  };
  return html`<h1>${t('screen.workbench')}</h1>
    <section><h2>${t('templates')}</h2><${Loaded} of=${templates}>${(data) => (data.templates.length === 0 ? html`<p class="empty">${t('templates.none')}</p>` : html`
      <ul>${data.templates.map((one) => html`<li><a href=${link(['workbench', ...one.name.split('/')])}>${one.name}</a></li>`)}</ul>`)}<//></section>
    <section><h2>${t('template.new')}</h2><p class="hint">${t('template.new.hint')}</p>
      <${Loaded} of=${settings}>${(all) => html`<form class="row end" onSubmit=${begin}>
        <${Field} label=${t('recipient')} value=${recipient} onInput=${setRecipient} options=${[['', t('template.shared')], ...all.recipients.map((one) => [one.name, one.name])]} />
        <${Field} label=${t('template.name')} value=${name} onInput=${setName} required pattern="[A-Za-z0-9][A-Za-z0-9_\\-]*" list="entities" placeholder="Order" />
        <datalist id="entities">${all.entities.map((one) => html`<option value=${one.name}></option>`)}</datalist>
        <button type="submit">${t('template.begin')}</button></form>`}<//></section>`;
}

const SAMPLE = `// The input is the event as the built-in set "full" sends it.
{
  "id": .entityId,
  "data": .data
}
`;

function Open({ template, query }) {
  const there = useResource(query.new ? null : address(['templates', template]));
  const file = query.new ? { data: { name: template, text: SAMPLE, etag: null } } : there;
  const settings = useResource('/v1/settings');
  return html`
    <p><a href=${link(['workbench'])}>${t('templates')}</a></p><h1>${template}</h1>
    <${Loaded} of=${file}>${(data) => html`<${Loaded} of=${settings}>${(all) => html`<${Bench} key=${data.name} file=${data} settings=${all} query=${query} />`}<//>`}<//>`;
}

/** Those that may use it: a recipient's own folder is for it alone. */
function users(template, settings) {
  const [folder, rest] = template.includes('/') ? template.split('/') : [null, template];
  const set = rest.replace(/\.jslt$/, '');
  const found = [];
  for (const recipient of settings.recipients.filter((one) => folder === null || one.name === folder)) {
    for (const one of recipient.subscriptions) {
      if ((one.attributes ?? one.entity) === set) {
        found.push({ recipient: recipient.name, entity: one.entity });
      }
    }
  }
  return found;
}

function Bench({ file: begun, settings, query }) {
  const [file, setFile] = useState(begun); // as it was when the edit began, or was saved
  const template = file.name;
  const [text, setText] = useState(file.text);
  const [round, setRound] = useState(0); // the editor begins anew with each
  const mine = useMemo(() => users(template, settings), [template]);
  const [recipient, setRecipient] = useState(query.recipient ?? mine[0]?.recipient ?? template.split('/')[0]);
  const entities = [...new Set(mine.filter((one) => one.recipient === recipient).map((one) => one.entity))];
  const [entity, setEntity] = useState(entities[0] ?? settings.entities[0]?.name ?? '');
  const events = useResource(address(['event-search'], { entity, limit: EVENTS }), 10_000);
  const [event, setEvent] = useState(null);
  const chosen = event ?? events.data?.events[0]?.event ?? null;
  const [input, setInput] = useState(null);
  const [judged, setJudged] = useState({ good: true, problems: [] });
  const [saved, setSaved] = useState(null);
  const [draft, setDraft] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (chosen) {
      get(address(['events', chosen]), { exact: true }).then((found) => setInput(found.event)).catch(() => setInput(null));
    }
  }, [chosen]);
  useEffect(() => {
    const leaving = new AbortController();
    setBusy(true);
    const timer = setTimeout(async () => {
      const options = { signal: leaving.signal };
      try {
        const verdict = await post(address(['templates', template, 'validate']), { text }, options);
        setJudged(verdict);
        if (!verdict.good) {
          setDraft(null);
        } else if (chosen) {
          const at = address(['recipients', recipient, 'preview']);
          setSaved(await post(at, { event: chosen }, options));
          setDraft(await post(at, { event: chosen, templates: { [template]: text } }, options));
        }
        setError(null);
        setBusy(false);
      } catch (failed) {
        if (!leaving.signal.aborted) {
          setError(failed);
          setBusy(false);
        }
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [text, chosen, recipient]);
  const complete = (parts) => names(input, parts);
  const save = async () => {
    const edited = file.etag === null
      ? await post('/v1/templates', { name: template, text })
      : await ask('PUT', address(['templates', template]), { body: { text }, headers: { 'If-Match': file.etag } });
    setFile({ ...file, text, etag: edited.etag });
    return edited.inForce ? t('saved') : `${t('saved-not')} ${edited.problems.join(' ')}`;
  };
  const dirty = file.etag === null || text !== file.text;
  useUnsaved(dirty);
  return html`
    <div class="row end">
      ${mine.length > 1 && html`<${Field} label=${t('recipient')} value=${recipient} onInput=${setRecipient} options=${[...new Set(mine.map((one) => one.recipient))].map((one) => [one, one])} />`}
      <${Field} label=${t('entity')} value=${entity} onInput=${(value) => { setEntity(value); setEvent(null); }} options=${(entities.length > 0 ? entities : settings.entities.map((one) => one.name)).map((one) => [one, one])} />
      <${Field} label=${t('workbench.event')} value=${chosen ?? ''} onInput=${setEvent} options=${(events.data?.events ?? []).map((one) => [one.event, `${one.entity} ${one.id} ${term('type', one.type)} (${one.sequence})`])} />
    </div>
    ${mine.length === 0 && html`<p class="hint">${t('workbench.unused', { name: template })}</p>`}
    <div class="halves">
      <section aria-label=${t('template')}>
        <${Editor} key=${round} label=${template} language="jslt" text=${text} change=${setText} problems=${judged.problems} complete=${complete} />
        <div role="status">${judged.problems.map((one) => html`<p class="wrong">${t('at', { line: one.line, column: one.column })}: ${one.detail}</p>`)}
          ${judged.good && html`<p class="hint">${t(busy ? 'workbench.busy' : 'workbench.good')}</p>`}</div>
        <div class="row">
          <${Action} kind="first" disabled=${!dirty || !judged.good} act=${save} confirm=${file.etag === null && mine.length > 0 ? t('template.at-once', { recipients: [...new Set(mine.map((one) => one.recipient))].join(', ') }) : undefined}>${t('save')}<//>
          <button type="button" disabled=${!dirty} onClick=${() => { setText(file.text); setRound(round + 1); }}>${t('undo')}</button>
        </div>
        ${chosen && html`<${Golden} recipient=${recipient} event=${chosen} />`}
      </section>
      <section aria-label=${t('preview')} aria-live="polite">
        <h2>${t('preview')}</h2>
        ${error && html`<${Trouble} error=${error} />`}
        ${!chosen && html`<p class="empty">${t('workbench.no-event', { entity })}</p>`}
        ${busy && html`<p class="loading" role="status">${t('workbench.busy')}</p>`}
        ${draft && html`<${Shown} draft=${draft} saved=${saved} dirty=${dirty} />`}
        ${input && html`<details><summary>${t('workbench.input')}</summary><${Code} text=${input} label=${t('workbench.input')} /></details>`}
      </section>
    </div>
    <${Before} key=${file.etag} template=${template} text=${text} good=${judged.good} />`;
}

function Shown({ draft, saved, dirty }) {
  return html`
    ${!draft.wanted && html`<p><${Badge} kind="wanted" state="failed" /> ${draft.why.join('; ')}</p>`}
    ${draft.trouble && html`<div class="trouble" role="alert">${draft.trouble}</div>`}
    ${draft.missing.length > 0 && html`<p><${Badge} kind="health" state="degraded" /> ${t('workbench.missing')} <strong>${draft.missing.join(', ')}</strong></p>`}
    ${draft.body !== null && html`<${Code} text=${draft.body} label=${t('body')} />
      ${dirty && saved?.body && saved.body !== draft.body && html`<h3>${t('workbench.difference')}</h3><${Difference} before=${saved.body} after=${draft.body} label=${t('workbench.difference')} />`}`}`;
}

function Golden({ recipient, event }) {
  const [name, setName] = useState('');
  const keep = async () => {
    const kept = await post(address(['recipients', recipient, 'golden-files']), name === '' ? { event } : { event, case: name });
    return t('golden.kept', { file: kept.file });
  };
  return html`<div class="row end">
    <${Field} label=${t('golden.case')} hint=${t('golden.hint')} value=${name} onInput=${setName} pattern="[A-Za-z0-9][A-Za-z0-9_\\-]*" />
    <${Action} act=${keep}>${t('golden')}<//></div>`;
}

/** What there is below a path of an event; of a list, what its elements have. */
function names(input, parts) {
  let at = [input];
  for (const part of parts) {
    at = at.flatMap((one) => (Array.isArray(one) ? one : [one])).map((one) => one?.[part]).filter((one) => one !== undefined && one !== null);
  }
  return [...new Set(at.flatMap((one) => (Array.isArray(one) ? one : [one])).flatMap((one) => (one && typeof one === 'object' && !JSON.isRawJSON?.(one) ? Object.keys(one) : [])))];
}

function Before({ template, text, good }) {
  const [job, setJob] = useState(null);
  const begin = async () => {
    setJob(await startWhatIf({ templates: { [template]: text } }));
    return '';
  };
  return html`<section aria-label=${t('screen.what-if')}>
    <div class="head"><h2>${t('screen.what-if')}</h2><${Action} disabled=${!good} act=${begin}>${t('what-if.week')}<//></div>
    <p class="hint">${t('what-if.what')}</p>
    ${job && html`<${WhatIfResult} key=${job.id} id=${job.id} />`}
  </section>`;
}
