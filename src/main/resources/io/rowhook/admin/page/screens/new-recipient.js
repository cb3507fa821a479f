// A recipient from nothing: where to, how it is proved who sends, what; then a first test.

import { useState } from 'preact/hooks';
import { address, post, useResource } from '../api.js';
import { html } from '../html.js';
import { Action, Field, Loaded, Trouble } from '../parts.js';
import { go, link } from '../route.js';
import { newSecret, SettingsForm } from '../settings-form.js';
import { t } from '../text.js';
import { TestResult } from './recipient.js';

export function NewRecipient() {
  const settings = useResource('/v1/settings');
  return html`<h1>${t('recipient.new')}</h1><${Loaded} of=${settings}>${(data) => html`<${Form} entities=${data.entities} />`}<//>`;
}

function Form({ entities }) {
  const [name, setName] = useState('');
  const [settings, setSettings] = useState({ url: '', authentication: { hmac: { secret: newSecret() } } });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(null);
  const create = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setMade(await post('/v1/recipients', { name, settings }));
    } catch (failed) {
      setError(failed);
    }
    setBusy(false);
  };
  if (made) {
    return html`<${Made} name=${name} settings=${settings} made=${made} />`;
  }
  const problems = error?.problems ?? [];
  return html`<form onSubmit=${create}>
    <${Field} label=${t('form.name')} required pattern="[a-z0-9][a-z0-9_\\-]*" value=${name} onInput=${setName} hint=${t('form.name.hint')} error=${problems.find((one) => one.pointer === '#/name')?.detail} />
    <${SettingsForm} settings=${settings} entities=${entities} change=${setSettings} problems=${problems} />
    ${error && html`<${Trouble} error=${error} />`}
    <button type="submit" disabled=${busy}>${t('create')}</button>
  </form>`;
}

function Made({ name, settings, made }) {
  const [result, setResult] = useState(null);
  const secret = settings.authentication?.hmac?.secret;
  return html`<section role="status">
    <h2>${t(made.inForce ? 'recipient.made' : 'recipient.made-not', { name })}</h2>
    ${made.problems.map((one) => html`<p class="wrong">${one}</p>`)}
    ${secret && !secret.includes('${') && html`<p>${t('recipient.secret')}</p><pre tabindex="0"><code>${secret}</code></pre>`}
    <div class="row">
      <${Action} kind="first" act=${async () => { setResult(await post(address(['recipients', name, 'test']))); return ''; }}>${t('test')}<//>
      <a class="button" href=${link(['recipients', name])}>${t('recipient.open')}</a>
      <button type="button" onClick=${() => go(['recipients', name, 'settings'])}>${t('settings')}</button>
    </div>
    ${result && html`<${TestResult} of=${result} />`}
  </section>`;
}
