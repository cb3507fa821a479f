// The journey of one change: what changed, the event, the subscription, the request, the answers.

import { useEffect, useState } from 'preact/hooks';
import { address, post, useResource } from '../api.js';
import { html } from '../html.js';
import { Action, Badge, Code, Loaded, Table, Trouble } from '../parts.js';
import { fullTime, millis, number } from '../format.js';
import { link } from '../route.js';
import { t, term } from '../text.js';

export function Delivery({ recipient, event }) {
  const path = ['recipients', recipient, 'deliveries', event];
  const delivery = useResource(address(path, { body: true }), 5_000);
  const source = useResource(address(['events', event]), 0, true);
  const preview = usePreview(recipient, event);
  const done = delivery.reload;
  return html`
    <p><a href=${link(['deliveries'], { recipient })}>${t('screen.deliveries')}</a></p>
    <${Loaded} of=${delivery}>${(data) => html`
      <div class="head"><h1>${data.delivery.entity} ${data.delivery.id} → ${recipient}</h1><${Badge} state=${data.delivery.state} /></div>
      <div class="row">
        <${Action} kind="first" act=${() => again(path)} done=${done}>${t('redeliver')}<//>
        ${['pending', 'waiting', 'blocked'].includes(data.delivery.state) && html`
          <${Action} kind="danger" confirm=${t('discard.confirm')} act=${() => post(address([...path, 'discard']))} done=${done}>${t('discard')}<//>`}
      </div>
      <ol class="journey">
        <li><section><h2>${t('journey.row')}</h2><${Loaded} of=${source}>${(found) => html`<${Rows} event=${found.event} />`}<//></section></li>
        <li><section><h2>${t('journey.event')}</h2><${Loaded} of=${source}>${(found) => html`<${Facts} found=${found} />
          <details><summary>${t('journey.content')}</summary><${Code} text=${found.event} label=${t('journey.content')} /></details>`}<//></section></li>
        <li><section><h2>${t('journey.subscription')}</h2><${Why} preview=${preview} /></section></li>
        <li><section><h2>${t('journey.request')}</h2><${Request} preview=${preview} data=${data} /></section></li>
        <li><section><h2>${t('journey.answers')}</h2><${Attempts} data=${data} /></section></li>
      </ol>`}<//>`;
}

async function again(path) {
  const answer = await post(address([...path, 'redeliver']));
  return answer.waits ?? t('redelivered');
}

function usePreview(recipient, event) {
  const [state, setState] = useState({ data: null, error: null });
  useEffect(() => {
    post(address(['recipients', recipient, 'preview']), { event })
      .then((data) => setState({ data, error: null }))
      .catch((error) => setState({ data: null, error }));
  }, [recipient, event]);
  return state;
}

/** Old and new of each attribute that changed; all, where the entity is new or gone. */
function Rows({ event }) {
  const before = event.previous ?? {};
  const names = event.event === 'Updated' ? [...new Set([...(event.changed ?? []), ...Object.keys(before)])] : Object.keys(event.data ?? {});
  const shown = (value) => (value === undefined ? '–' : JSON.stringify(value));
  return html`
    <p>${t('journey.table', { table: event.source?.table ?? '–', transaction: event.source?.txId ?? '–', lsn: event.source?.lsn ?? '–' })}</p>
    <${Table} caption=${t('journey.row')} rows=${names} keyOf=${(name) => name} empty=${t('journey.no-change')} columns=${[
      [t('attribute'), (name) => html`<code>${name}</code>`],
      [t('before'), (name) => html`<code>${shown(before[name])}</code>`],
      [t('after'), (name) => html`<code>${event.event === 'Deleted' ? '–' : shown(event.data?.[name])}</code>`],
    ]} />`;
}

function Facts({ found }) {
  const event = found.event;
  return html`<dl>
    <dt>${t('event')}</dt><dd>${event.entityType} ${JSON.stringify(event.entityId)} ${term('type', event.event)}</dd>
    <dt>${t('id')}</dt><dd><code>${event.id}</code></dd>
    <dt>${t('sequence')}</dt><dd>${number(found.sequence)}</dd>
    <dt>${t('committed')}</dt><dd>${fullTime(event.timestamp)}</dd>
    ${event.read?.length > 0 && html`<dt>${t('read-back')}</dt><dd>${event.read.join(', ')} (${fullTime(event.readAt)})</dd>`}
  </dl>`;
}

function Why({ preview }) {
  if (preview.error) {
    return html`<${Trouble} error=${preview.error} />`;
  }
  if (!preview.data) {
    return html`<p class="loading" role="status">${t('loading')}</p>`;
  }
  const { wanted, why, missing, attributeSet } = preview.data;
  return html`
    <p><${Badge} kind="wanted" state=${wanted ? 'ok' : 'failed'} /></p>
    <ul>${why.map((one) => html`<li>${one}</li>`)}</ul>
    <dl><dt>${t('attribute-set')}</dt><dd>${attributeSet?.includes('/') ? html`<a href=${link(['workbench', ...attributeSet.split('/')])}>${attributeSet}</a>` : attributeSet ?? '–'}</dd>
    ${missing.length > 0 && html`<dt>${t('missing')}</dt><dd>${missing.join(', ')}</dd>`}</dl>
    <p class="hint">${t('journey.now')}</p>`;
}

function Request({ preview, data }) {
  const now = preview.data;
  return html`
    ${now && html`<p><code>${now.method} ${now.url}</code></p>
      <details><summary>${t('headers')}</summary><dl>${now.headers.map((one) => html`<dt><code>${one.name}</code></dt><dd><code>${one.value}</code></dd>`)}</dl>
      <p class="hint">${t('journey.headers')}</p></details>`}
    <h3>${t('body')}</h3>
    ${data.body ? html`<${Code} text=${data.body} label=${t('body')} />` : html`<p class="empty">${t('journey.no-body')}</p>`}
    ${data.bodyIsAsSent ? html`<p class="hint">${t('journey.as-sent')}</p>` : data.bodyTrouble && html`<p class="hint">${data.bodyTrouble}</p>`}`;
}

function Attempts({ data }) {
  return html`
    <${Table} caption=${t('attempts')} rows=${data.attempts} keyOf=${(one) => `${one.redelivery}.${one.number}`} empty=${t('journey.no-attempt')} columns=${[
      [t('attempt'), (one) => (one.redelivery > 0 ? t('attempt.again', { n: one.number, again: one.redelivery }) : one.number), 'number'],
      [t('time'), (one) => fullTime(one.at)],
      [t('took'), (one) => millis(one.tookMillis), 'number'],
      [t('answer'), (one) => one.status ?? '–', 'number'],
      [t('outcome'), (one) => html`<${Badge} state=${one.outcome} />`],
      [t('why'), (one) => html`${one.error ?? ''}${one.answer && html`<details><summary>${t('answer')}</summary><${Code} text=${one.answer} label=${t('answer')} /></details>`}`],
    ]} />
    ${data.delivery.next && html`<p>${t('next-attempt')} <strong>${fullTime(data.delivery.next)}</strong></p>`}
    ${data.delivery.reason && html`<p>${data.delivery.reason}</p>`}`;
}
