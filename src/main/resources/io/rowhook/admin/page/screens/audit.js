// Does a recipient have what the source has: audits of it, and what they have found.

import { useState } from 'preact/hooks';
import { address, ask, post, useResource } from '../api.js';
import { html } from '../html.js';
import { Action, Badge, Field, Loaded, Table } from '../parts.js';
import { fullTime, number } from '../format.js';
import { t, term } from '../text.js';

const KINDS = ['missing', 'stale', 'superfluous'];

export function Audits({ name }) {
  const audits = useResource('/v1/audits', 2_000);
  const settings = useResource('/v1/settings');
  const [entity, setEntity] = useState('');
  const [shown, setShown] = useState(null);
  const begin = (repair) => async () => {
    await post('/v1/audits', { recipient: name, entity: entity || settings.data.entities[0].name, repair });
    audits.reload();
    return '';
  };
  return html`<section aria-label=${t('tab.audit')}>
    <p class="hint">${t('audit.what')}</p>
    <${Loaded} of=${settings}>${(all) => html`<div class="row end">
      <${Field} label=${t('entity')} value=${entity || all.entities[0]?.name} onInput=${setEntity} options=${all.entities.map((one) => [one.name, one.name])} />
      <${Action} kind="first" act=${begin(false)}>${t('audit.begin')}<//>
      <${Action} confirm=${t('audit.repair.confirm', { name })} act=${begin(true)}>${t('audit.repair')}<//></div>`}<//>
    <${Loaded} of=${audits}>${(data) => html`<${Table} caption=${t('tab.audit')} rows=${data.audits.filter((one) => one.recipient === name)} keyOf=${(one) => one.id} empty=${t('audit.none')} columns=${[
      [t('entity'), (one) => one.entity],
      [t('state'), (one) => html`<${Badge} state=${one.state} /> ${one.waits ?? one.reason ?? ''}`],
      [t('audit.compared'), (one) => number(one.read), 'number'],
      [t('audit.found'), (one) => found(one)],
      [t('begun'), (one) => fullTime(one.beganAt)],
      [t('action'), (one) => one.state === 'running'
        ? html`<${Action} kind="danger" act=${() => ask('DELETE', address(['audits', one.id]))} done=${audits.reload}>${t('resync.end')}<//>`
        : differing(one) > 0 && html`<button type="button" onClick=${() => setShown(one)}>${t('audit.show')}</button>`],
    ]} />`}<//>
    ${shown && html`<${Differences} key=${shown.id} of=${shown} />`}
  </section>`;
}

const differing = (one) => KINDS.reduce((sum, kind) => sum + one[kind], 0) + one.pending;

function found(one) {
  const parts = [...KINDS, 'pending'].filter((kind) => one[kind] > 0).map((kind) => `${number(one[kind])} ${t(`differs.${kind}`)}`);
  return parts.length > 0 ? parts.join(', ') : one.state === 'done' ? t('audit.equal') : '–';
}

/** A page of them at a time. */
function Differences({ of }) {
  const [after, setAfter] = useState('');
  const page = useResource(address(['audits', of.id, 'differences'], after === '' ? { limit: 100 } : { limit: 100, after }));
  return html`<${Loaded} of=${page}>${(data) => html`
    <${Table} caption=${t('audit.differences', { entity: of.entity })} rows=${data.differences} keyOf=${(one) => one.entityId} empty=${t('audit.equal')} columns=${[
      [t('search.id'), (one) => one.entityId],
      [t('audit.found'), (one) => t(`differs.${one.kind}`)],
      [t('why'), (one) => term('differs.why', one.why)],
    ]} />
    ${data.next !== null && html`<button type="button" onClick=${() => setAfter(data.next)}>${t('audit.more')}</button>`}`}<//>`;
}
