// What an edit would have done to events that were: how many bodies change, which keys come and go. Nothing is sent.

import { useEffect, useState } from 'preact/hooks';
import { address, ask, get, post, useResource } from '../api.js';
import { Editor } from '../editor.js';
import { html } from '../html.js';
import { Action, Badge, Difference, Field, Loaded, Trouble } from '../parts.js';
import { instant, number, seconds } from '../format.js';
import { link } from '../route.js';
import { t } from '../text.js';

const WEEK = 7 * 86_400_000;
const LOOK = 500;

/** Over the last week, where nothing else is said. */
export const startWhatIf = (draft) => post('/v1/what-ifs', { from: new Date(Date.now() - WEEK).toISOString(), ...draft });

export function WhatIf({ query }) {
  const recipients = useResource('/v1/recipients');
  return html`<h1>${t('screen.what-if')}</h1><p>${t('what-if.what')}</p>
    <${Loaded} of=${recipients}>${(data) => html`<${Draft} recipients=${data.recipients} chosen=${query.recipient} />`}<//>`;
}

function Draft({ recipients, chosen }) {
  const [name, setName] = useState(recipients.find((one) => one.name === chosen)?.name ?? recipients[0]?.name ?? '');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [text, setText] = useState(null);
  const [job, setJob] = useState(null);
  const file = useResource(name ? address(['recipients', name]) : null);
  const begin = async () => {
    const draft = text === null ? {} : { recipientFiles: { [name]: text } };
    setJob(await startWhatIf({ recipients: [name], ...draft, ...(from && { from: instant(from) }), ...(to && { to: instant(to) }) }));
    return '';
  };
  return html`<section>
      <div class="row end">
        <${Field} label=${t('recipient')} value=${name} onInput=${(value) => { setName(value); setText(null); }} options=${recipients.map((one) => [one.name, one.name])} />
        <${Field} label=${t('from')} type="datetime-local" value=${from} onInput=${setFrom} hint=${t('what-if.from')} />
        <${Field} label=${t('to')} type="datetime-local" value=${to} onInput=${setTo} />
      </div>
      <${Loaded} of=${file}>${(data) => html`<${Editor} key=${data.name} label=${`${data.name}.yaml`} language="yaml" text=${text ?? data.yaml} change=${setText} />`}<//>
      <${Action} kind="first" act=${begin}>${t('what-if.begin')}<//>
    </section>
    ${job && html`<${WhatIfResult} key=${job.id} id=${job.id} />`}`;
}

export function WhatIfResult({ id }) {
  const [job, setJob] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      try {
        const found = await get(address(['what-ifs', id]));
        setError(null);
        setJob(found);
        if (found.state === 'running' && !gone) {
          timer = setTimeout(look, LOOK);
        }
      } catch (failed) {
        setError(failed);
      }
    };
    look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id]);
  if (error) {
    return html`<${Trouble} error=${error} />`;
  }
  if (!job) {
    return html`<p class="loading" role="status">${t('loading')}</p>`;
  }
  return html`<section aria-label=${t('what-if.result')}>
    <div class="head"><h2>${t('what-if.result')}</h2>
      ${job.state === 'running' && html`<${Action} act=${() => ask('DELETE', address(['what-ifs', id]))}>${t('cancel')}<//>`}</div>
    ${job.state === 'running' && html`<progress max=${Math.max(1, job.events)} value=${job.examined} aria-label=${t('progress')}></progress>`}
    <p role="status">${t(`what-if.${job.state}`, { examined: number(job.examined), events: number(job.events), time: seconds(job.elapsedMillis / 1000) })} ${job.reason ?? ''}</p>
    ${job.unaffected.length > 0 && html`<p class="hint">${t('what-if.unaffected', { recipients: job.unaffected.join(', ') })}</p>`}
    ${job.recipients.map((one) => html`<${Changes} key=${one.recipient} of=${one} />`)}
  </section>`;
}

function Changes({ of }) {
  const keys = (list) => (list.length === 0 ? '–' : list.map((one) => `${one.key} (${number(one.count)})`).join(', '));
  return html`<h3>${of.recipient}</h3>
    <dl>
      <dt>${t('what-if.same')}</dt><dd>${number(of.same)}</dd>
      <dt>${t('what-if.changed')}</dt><dd>${number(of.changed)}</dd>
      <dt>${t('what-if.newly')}</dt><dd>${number(of.newlyWanted)}</dd>
      <dt>${t('what-if.no-longer')}</dt><dd>${number(of.noLongerWanted)}</dd>
      <dt>${t('what-if.breaks')}</dt><dd>${of.breaks > 0 ? html`<${Badge} kind="health" state="failing" /> ` : ''}${number(of.breaks)}</dd>
      <dt>${t('what-if.mended')}</dt><dd>${number(of.mended)}</dd>
      <dt>${t('what-if.appear')}</dt><dd>${keys(of.keysAppear)}</dd>
      <dt>${t('what-if.vanish')}</dt><dd>${keys(of.keysVanish)}</dd>
    </dl>
    ${of.examples.map((one) => html`<details key=${one.event}><summary>${t(`example.${one.kind}`)}: ${one.entity} ${one.id}</summary>
      <p><a href=${link(['deliveries', of.recipient, one.event])}>${one.event}</a></p>
      ${one.trouble && html`<div class="trouble">${one.trouble}</div>`}
      <${Difference} before=${one.before} after=${one.after} label=${t(`example.${one.kind}`)} /></details>`)}`;
}
