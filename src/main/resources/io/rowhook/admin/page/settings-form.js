// A recipient's settings as a form. What the form does not know of stays as it is.

import { html } from './html.js';
import { Field } from './parts.js';
import { t, term } from './text.js';

const EVENTS = ['Created', 'Updated', 'Deleted']; // where none are named
const ALL_EVENTS = [...EVENTS, 'Snapshot'];
const KINDS = ['none', 'hmac', 'basic', 'bearer'];
const RANDOM_BYTES = 32;

/** A secret as the Standard Webhooks specification has it. */
export function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

export function kindOf(settings) {
  const authentication = settings.authentication ?? {};
  return KINDS.find((kind) => kind in authentication) ?? (Object.keys(authentication).length > 0 ? 'other' : 'none');
}

/** What the API says of a field, by its pointer; without the file's place, which the form does not show. */
function wrong(problems, key) {
  const found = problems.find((one) => String(one.pointer ?? '').split('/').includes(key));
  const words = found?.detail.replace(/^\S+\.ya?ml:\d+:\d+: /, '');
  const field = FIELDS.find(([key]) => words?.includes(key));
  return field ? `${words} ${t('form.here', { field: t(field[1]) })}` : words;
}

/** Where the form has what a message names as the file has it. */
const FIELDS = [['allow: {http', 'form.http'], ['allow: {networks', 'form.networks']];

export function SettingsForm({ settings, entities, change, problems = [] }) {
  const set = (key) => (value) => change({ ...settings, [key]: value === '' ? undefined : value });
  const kind = kindOf(settings);
  const authentication = settings.authentication ?? {};
  const setAuthentication = (value) => change({ ...settings, authentication: value });
  const choose = (chosen) => setAuthentication({
    none: undefined, hmac: { hmac: { secret: newSecret() } }, basic: { basic: { username: '', password: '' } }, bearer: { bearer: '' },
  }[chosen]);
  const allow = settings.allow ?? {};
  const setAllow = (key, value) => {
    const next = { ...allow, [key]: value };
    change({ ...settings, allow: Object.values(next).some((one) => one !== undefined) ? next : undefined });
  };
  return html`
    <${Field} label=${t('form.url')} type="url" required value=${settings.url ?? ''} onInput=${set('url')} hint=${t('form.url.hint')} error=${wrong(problems, 'url')} />
    <fieldset class="card"><legend>${t('form.authentication')}</legend>
      <${Field} label=${t('form.kind')} value=${kind} onInput=${choose} options=${[...KINDS, ...(kind === 'other' ? ['other'] : [])].map((one) => [one, term('authentication', one)])} />
      ${kind === 'hmac' && html`<${Field} label=${t('form.secret')} value=${authentication.hmac.secret ?? ''} onInput=${(value) => setAuthentication({ ...authentication, hmac: { ...authentication.hmac, secret: value } })}
        hint=${t('form.secret.hint')} error=${wrong(problems, 'secret')} spellcheck="false" autocomplete="off" />`}
      ${kind === 'basic' && html`<div class="row">
        <${Field} label=${t('form.username')} autocomplete="off" value=${authentication.basic.username ?? ''} onInput=${(value) => setAuthentication({ ...authentication, basic: { ...authentication.basic, username: value } })} error=${wrong(problems, 'username')} />
        <${Field} label=${t('form.password')} autocomplete="off" value=${authentication.basic.password ?? ''} onInput=${(value) => setAuthentication({ ...authentication, basic: { ...authentication.basic, password: value } })} error=${wrong(problems, 'password')} /></div>`}
      ${kind === 'bearer' && html`<${Field} label=${t('form.bearer')} autocomplete="off" value=${authentication.bearer ?? ''} onInput=${(value) => setAuthentication({ ...authentication, bearer: value })} error=${wrong(problems, 'bearer')} />`}
    </fieldset>
    <${Subscriptions} settings=${settings} entities=${entities} change=${change} problems=${problems} />
    <fieldset class="card"><legend>${t('form.sending')}</legend>
      <div class="row">
        <${Field} label=${t('form.processing')} value=${settings.processing ?? 'parallel'} onInput=${(value) => change({ ...settings, processing: value, jobs: value === 'sequential' ? undefined : settings.jobs })} options=${['parallel', 'sequential'].map((one) => [one, term('processing', one)])} />
        ${settings.processing !== 'sequential' && html`<${Field} label=${t('form.jobs')} type="number" min="1" max="1000" value=${settings.jobs ?? ''} placeholder="4" onInput=${(value) => set('jobs')(value === '' ? '' : Number(value))} error=${wrong(problems, 'jobs')} />`}
        <${Field} label=${t('form.timeout')} value=${settings.timeout ?? ''} placeholder="5s" onInput=${set('timeout')} error=${wrong(problems, 'timeout')} />
        <${Field} label=${t('form.rate')} value=${settings.rate ?? ''} placeholder="10/s" onInput=${set('rate')} error=${wrong(problems, 'rate')} />
      </div>
      <label class="check"><input type="checkbox" checked=${allow.http === true} onChange=${(event) => setAllow('http', event.target.checked || undefined)} />${t('form.http')}</label>
      <${Field} label=${t('form.networks')} value=${(allow.networks ?? []).join(', ')} placeholder="10.1.0.0/16" hint=${t('form.networks.hint')} error=${wrong(problems, 'networks')}
        onInput=${(value) => setAllow('networks', value.trim() === '' ? undefined : value.split(',').map((one) => one.trim()))} />
    </fieldset>`;
}

function Subscriptions({ settings, entities, change, problems }) {
  const all = settings.subscriptions;
  const own = Array.isArray(all);
  const setAll = (next) => change({ ...settings, subscriptions: next });
  const edit = (at, one) => setAll(all.map((old, index) => (index === at ? one : old)));
  const begin = () => setAll([{ entity: entities[0]?.name ?? '' }]);
  return html`<fieldset class="card"><legend>${t('form.subscriptions')}</legend>
    <label class="check"><input type="checkbox" checked=${!own} onChange=${(event) => (event.target.checked ? setAll(undefined) : begin())} />${t('form.everything')}</label>
    ${own && html`
      ${all.map((one, at) => html`<div class="row end subscription" role="group" aria-label=${t('form.subscription', { n: at + 1 })}>
        <${Field} label=${t('entity')} value=${one.entity ?? ''} onInput=${(value) => edit(at, { ...one, entity: value })} options=${names(entities, one.entity).map((name) => [name, name])} />
        <div class="field" role="group" aria-label=${t('form.events')}><div class="row">${ALL_EVENTS.map((event) => html`
          <label class="check"><input type="checkbox" checked=${(one.events ?? EVENTS).includes(event)} onChange=${() => edit(at, { ...one, events: toggled(one.events ?? EVENTS, event) })} />${term('type', event)}</label>`)}</div></div>
        <${Field} label=${t('attribute-set')} value=${one.attributes ?? ''} placeholder="full" onInput=${(value) => edit(at, { ...one, attributes: value || undefined })} />
        <button type="button" class="danger" onClick=${() => setAll(all.filter((_, index) => index !== at))}>${t('remove')}</button>
      </div>`)}
      <button type="button" onClick=${() => setAll([...all, { entity: entities[0]?.name ?? '' }])}>${t('form.add-subscription')}</button>`}
    ${wrong(problems, 'subscriptions') && html`<p class="wrong">${wrong(problems, 'subscriptions')}</p>`}
  </fieldset>`;
}

const names = (entities, chosen) => [...new Set([...entities.map((one) => one.name), 'Rowhook', ...(chosen ? [chosen] : [])])];

function toggled(events, event) {
  const next = ALL_EVENTS.filter((one) => (one === event ? !events.includes(one) : events.includes(one)));
  return next.join() === EVENTS.join() ? undefined : next;
}
