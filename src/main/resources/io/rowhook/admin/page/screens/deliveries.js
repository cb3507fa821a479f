// Deliveries looked for: by recipient, entity and id, by a column of the entity, by state and time.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address, get, useResource } from '../api.js';
import { html } from '../html.js';
import { Badge, Field, Loaded, Table, Trouble } from '../parts.js';
import { instant, number, time } from '../format.js';
import { link, stay } from '../route.js';
import { t, term } from '../text.js';

const PAGE = 100; // looked at again and again
const MORE = 1000; // asked for once
const STATES = ['delivered', 'pending', 'waiting', 'blocked', 'failed', 'skipped'];

export function Deliveries({ query }) {
  const settings = useResource('/v1/settings');
  return html`<h1>${t('screen.deliveries')}</h1>
    <${Loaded} of=${settings}>${(data) => html`<${Search} settings=${data} query=${query} />`}<//>`;
}

const NOTHING = { recipient: '', entity: '', by: 'id', value: '', state: '', from: '', to: '' };

function Search({ settings, query }) {
  const [form, setForm] = useState({ ...NOTHING, ...query });
  const place = JSON.stringify(query);
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current !== place) { // another address: by a link, or back; not at first, or what is chosen at once is lost
      shown.current = place;
      setForm({ ...NOTHING, ...query });
    }
  }, [place]);
  const set = (key) => (value) => setForm((old) => ({ ...old, [key]: value }));
  const entity = settings.entities.find((one) => one.name === form.entity);
  const columns = entity?.index ?? [];
  const search = (event) => {
    event.preventDefault();
    stay(['deliveries'], form);
  };
  const any = [['', t('any')]];
  return html`
    <form class="card" role="search" onSubmit=${search}>
      <div class="row end">
        <${Field} label=${t('entity')} value=${form.entity} required=${form.value !== ''} onInput=${set('entity')} options=${[...any, ...settings.entities.map((one) => [one.name, one.name])]} />
        ${columns.length > 0 && html`<${Field} label=${t('search.by')} value=${form.by} onInput=${set('by')} options=${[['id', t('search.id')], ...columns.map((one) => [one, one])]} />`}
        <${Field} label=${form.by === 'id' ? t('search.id') : form.by} value=${form.value} onInput=${set('value')} type="search" />
        <${Field} label=${t('recipient')} value=${form.recipient} required=${form.state === 'pending'} onInput=${set('recipient')} options=${[...any, ...settings.recipients.map((one) => [one.name, one.name])]} />
        <${Field} label=${t('state')} value=${form.state} onInput=${set('state')} options=${[...any, ...STATES.map((one) => [one, term('state', one)])]} />
        <${Field} label=${t('from')} type="datetime-local" value=${form.from} onInput=${set('from')} />
        <${Field} label=${t('to')} type="datetime-local" value=${form.to} onInput=${set('to')} />
        <button type="submit">${t('search')}</button>
      </div>
      ${entity && columns.length === 0 && html`<p class="hint">${t('search.index', { entity: entity.name })}</p>`}
    </form>
    <${Found} query=${query} />`;
}

function asked(query, cursor) {
  const column = query.value && query.by && query.by !== 'id' ? { [`column[${query.by}]`]: query.value } : {};
  return address(['deliveries'], {
    recipient: query.recipient, entity: query.entity, state: query.state, from: instant(query.from), to: instant(query.to),
    id: query.by && query.by !== 'id' ? '' : query.value, ...column, limit: cursor ? MORE : PAGE, cursor,
  });
}

function Found({ query }) {
  const first = useMemo(() => asked(query), [JSON.stringify(query)]);
  const page = useResource(first, 10_000);
  const [more, setMore] = useState({ rows: [], next: null, error: null, busy: false });
  useEffect(() => setMore({ rows: [], next: null, error: null, busy: false }), [first]);
  const next = more.rows.length > 0 ? more.next : page.data?.next;
  const load = async () => {
    setMore((old) => ({ ...old, busy: true }));
    try {
      const found = await get(asked(query, next));
      setMore((old) => ({ rows: [...old.rows, ...found.deliveries], next: found.next, error: null, busy: false }));
    } catch (error) {
      setMore((old) => ({ ...old, error, busy: false }));
    }
  };
  return html`<${Loaded} of=${page}>${(data) => {
    const seen = new Set(data.deliveries.map(keyOf));
    const rows = [...data.deliveries, ...more.rows.filter((one) => !seen.has(keyOf(one)))];
    return html`
      <section aria-label=${t('screen.deliveries')}>
        <${DeliveryTable} rows=${rows} />
        <p role="status" class="hint">${t('found', { n: number(rows.length) })}</p>
        ${more.error && html`<${Trouble} error=${more.error} />`}
        ${next && html`<button type="button" disabled=${more.busy} onClick=${load}>${t('more')}</button>`}
      </section>`;
  }}<//>`;
}

const keyOf = (one) => `${one.recipient} ${one.sequence}`;

export function DeliveryTable({ rows }) {
  return html`<${Table} caption=${t('screen.deliveries')} rows=${rows} keyOf=${keyOf} empty=${t('deliveries.none')} columns=${[
    [t('event'), (one) => html`<a href=${link(['deliveries', one.recipient, one.event])}>${one.entity} ${one.id}</a> ${term('type', one.type)}`],
    [t('recipient'), (one) => html`<a href=${link(['recipients', one.recipient])}>${one.recipient}</a>`],
    [t('committed'), (one) => html`<time datetime=${one.committedAt}>${time(one.committedAt)}</time>`],
    [t('state'), (one) => html`<${Badge} state=${one.state} />`],
    [t('attempts'), (one) => number(one.attempts), 'number'],
    [t('answer'), (one) => one.status ?? '–', 'number'],
    [t('why'), (one) => one.reason ?? ''],
  ]} />`;
}
