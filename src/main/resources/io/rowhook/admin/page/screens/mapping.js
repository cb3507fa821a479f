// Which tables make which entity: as it is, and as the rules of `rowhook init` propose it.

import { useState } from 'preact/hooks';
import { address, ask, get, useResource } from '../api.js';
import { html } from '../html.js';
import { Action, Badge, Code, Field, Loaded, Trouble } from '../parts.js';
import { t } from '../text.js';

export function Mapping() {
  const mapping = useResource('/v1/mapping', 0);
  const [saved, setSaved] = useState(null);
  const save = async (entities) => {
    setSaved(await ask('PUT', '/v1/mapping', { body: { entities }, headers: { 'If-Match': mapping.data.etag } }));
    mapping.reload();
  };
  return html`<h1>${t('screen.mapping')}</h1><p>${t('mapping.what')}</p>
    <${Loaded} of=${mapping}>${(data) => html`<${Entities} key=${data.etag} mapping=${data} write=${save} saved=${saved} />`}<//>`;
}

/** Several entities in force may have one table; a proposed one has it alone. */
const same = (one) => one.was ?? one.table;

function Entities({ mapping, write, saved }) {
  const [chosen, setChosen] = useState(() => Object.fromEntries(mapping.entities.map((one) => [same(one), { on: one.inForce, name: one.name }])));
  const edit = (id, part) => setChosen({ ...chosen, [id]: { ...chosen[id], ...part } });
  const dirty = mapping.entities.some((one) => chosen[same(one)].on !== one.inForce || chosen[same(one)].name !== one.name);
  const save = async () => {
    await write(mapping.entities.filter((one) => chosen[same(one)].on).map((one) => ({ table: one.table, name: chosen[same(one)].name, was: one.was })));
    return t('saved');
  };
  return html`
    <div class="row"><${Action} kind="first" disabled=${!dirty} confirm=${t('mapping.confirm')} act=${save}>${t('save')}<//>
      ${saved && html`<span role="status">${saved.changes.join('; ')} ${saved.problems.join(' ')}</span>`}</div>
    <div class="cards">${mapping.entities.map((one) => html`<${Entity} key=${same(one)} entity=${one} chosen=${chosen[same(one)]} edit=${(part) => edit(same(one), part)} />`)}</div>`;
}

function Entity({ entity, chosen, edit }) {
  const [sample, setSample] = useState(null);
  const [error, setError] = useState(null);
  const show = async () => {
    setError(null);
    try {
      setSample(await get(address(['mapping', entity.table, 'sample'], entity.was ? { entity: entity.was } : {}), { exact: true }));
    } catch (failed) {
      setError(failed);
    }
  };
  return html`<section aria-label=${entity.table}>
    <div class="head"><label class="check"><input type="checkbox" checked=${chosen.on} onChange=${(event) => edit({ on: event.target.checked })} /><code>${entity.table}</code></label>
      <${Badge} kind="mapping" state=${entity.inForce ? 'active' : 'pending'} /></div>
    <${Field} label=${t('mapping.name')} value=${chosen.name} disabled=${!chosen.on} onInput=${(value) => edit({ name: value })} pattern="[A-Z][A-Za-z0-9]*" />
    <dl>
      <dt>${t('mapping.key')}</dt><dd>${entity.key.join(', ')}</dd>
      ${entity.parts.length > 0 && html`<dt>${t('mapping.parts')}</dt><dd>${entity.parts.join(', ')}</dd>`}
      ${entity.references.length > 0 && html`<dt>${t('mapping.references')}</dt><dd>${entity.references.join(', ')}</dd>`}
      ${entity.rows !== null && html`<dt>${t('mapping.rows')}</dt><dd>${t('mapping.about', { n: entity.rows })}</dd>`}
    </dl>
    ${entity.why && html`<p class="hint">${entity.why}</p>`}
    <button type="button" onClick=${show}>${t('mapping.sample')}</button>
    ${error && html`<${Trouble} error=${error} />`}
    ${sample && html`<${Code} text=${sample.event} label=${t('mapping.sample')} />`}
  </section>`;
}
