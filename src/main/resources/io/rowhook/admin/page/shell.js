// What is around every screen: the way to the others, the token, the language.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, hasToken, onUnauthorized, setToken } from './api.js';
import { html } from './html.js';
import { Field, Trouble } from './parts.js';
import { link, useRoute } from './route.js';
import { LANGUAGES, chooseLanguage, language, t } from './text.js';
import { Deliveries } from './screens/deliveries.js';
import { Delivery } from './screens/delivery.js';
import { Mapping } from './screens/mapping.js';
import { NewRecipient } from './screens/new-recipient.js';
import { Overview } from './screens/overview.js';
import { Recipient } from './screens/recipient.js';
import { WhatIf } from './screens/what-if.js';
import { Workbench } from './screens/workbench.js';

const MENU = ['overview', 'deliveries', 'workbench', 'what-if', 'mapping'];

export function Shell() {
  const route = useRoute();
  const [locked, setLocked] = useState(null);
  const main = useRef(null);
  const [screen = 'overview', ...rest] = route.path;
  const where = screen === 'recipients' ? 'overview' : screen;
  useEffect(() => onUnauthorized((problem) => setLocked(problem)), []);
  const address = route.path.join('/');
  const first = useRef(true);
  useEffect(() => {
    document.title = [...route.path.slice(1), t(`screen.${where}`), 'Rowhook'].join(' · ');
    if (first.current) {
      first.current = false;
    } else {
      main.current?.focus();
      window.scrollTo(0, 0);
    }
  }, [address]);
  if (locked) {
    return html`<${Lock} problem=${locked} done=${() => setLocked(null)} />`;
  }
  return html`
    <a class="skip" href="#content" onClick=${(event) => { event.preventDefault(); main.current?.focus(); }}>${t('skip')}</a>
    <header class="top">
      <a class="brand" href=${link([])}><img src="page/icon.svg" alt="" width="24" height="24" />Rowhook</a>
      <nav aria-label=${t('menu')}>
        <ul>
          ${MENU.map((one) => html`<li key=${one}>
            <a href=${link(one === 'overview' ? [] : [one])} aria-current=${where === one ? 'page' : undefined}>${t(`screen.${one}`)}</a>
          </li>`)}
        </ul>
      </nav>
      <div class="tools">
        <select aria-label=${t('language')} value=${language} onChange=${(event) => chooseLanguage(event.target.value)}>
          ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code}>${name}</option>`)}
        </select>
        ${hasToken() && html`<button type="button" class="quiet" onClick=${() => { setToken(null); location.reload(); }}>${t('sign-out')}</button>`}
      </div>
    </header>
    <main id="content" tabindex="-1" ref=${main}>${content(screen, rest, route)}</main>`;
}

function content(screen, rest, route) {
  const query = route.query;
  switch (screen) {
    case 'overview':
      return html`<${Overview} />`;
    case 'recipients':
      return rest.length === 0 ? html`<${NewRecipient} />` : html`<${Recipient} key=${rest[0]} name=${rest[0]} tab=${rest[1] ?? 'live'} query=${query} />`;
    case 'deliveries':
      return rest.length === 2
        ? html`<${Delivery} key=${rest.join('/')} recipient=${rest[0]} event=${rest[1]} />`
        : html`<${Deliveries} query=${query} />`;
    case 'workbench':
      return html`<${Workbench} key=${rest.join('/')} template=${rest.join('/') || null} query=${query} />`;
    case 'what-if':
      return html`<${WhatIf} query=${query} />`;
    case 'mapping':
      return html`<${Mapping} />`;
    default:
      return html`<h1>${t('nowhere')}</h1><p><a href=${link([])}>${t('screen.overview')}</a></p>`;
  }
}

function Lock({ problem, done }) {
  const [value, setValue] = useState('');
  const [error, setError] = useState(hasToken() ? problem : null);
  const [busy, setBusy] = useState(false);
  const unlock = async (event) => {
    event.preventDefault();
    setBusy(true);
    setToken(value.trim());
    try {
      await get('/v1/kill-switch');
      done();
    } catch (failed) {
      setError(failed);
      setToken(null);
    }
    setBusy(false);
  };
  return html`
    <main class="lock">
      <h1>Rowhook</h1>
      <form onSubmit=${unlock}>
        <p>${t('lock.why')}</p>
        <${Field} label=${t('lock.token')} type="password" autocomplete="current-password" required value=${value} onInput=${setValue} />
        ${error && html`<${Trouble} error=${error} />`}
        <button type="submit" disabled=${busy}>${t('lock.open')}</button>
      </form>
    </main>`;
}
