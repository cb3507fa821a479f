// Times, sizes and durations, for people.

import { locale, t } from './text.js';

const NUMBER = new Intl.NumberFormat(locale);
const TIME = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const BOTH = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

export const number = (value) => (Number.isFinite(value) ? NUMBER.format(value) : '–');

export function bytes(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${NUMBER.format(rest < 10 && unit > 0 ? Math.round(rest * 10) / 10 : Math.round(rest))} ${units[unit]}`;
}

export function millis(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  if (value < 1000) {
    return `${NUMBER.format(Math.round(value))} ms`;
  }
  return seconds(value / 1000);
}

export function seconds(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  if (value < 60) {
    return `${NUMBER.format(Math.round(value * 10) / 10)} s`;
  }
  if (value < 3600) {
    return `${NUMBER.format(Math.round(value / 60))} min`;
  }
  return value < 172_800 ? `${NUMBER.format(Math.round(value / 3600))} h` : `${NUMBER.format(Math.round(value / 86_400))} d`;
}

/** Today only the time, else the day too. */
export function time(iso) {
  if (!iso) {
    return '–';
  }
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? TIME.format(date) : BOTH.format(date);
}

/** The service's words, with times as one reads them. */
export const prose = (words) => String(words ?? '').replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, time);

export const fullTime = (iso) => (iso ? BOTH.format(new Date(iso)) : '–');

/** How long ago. */
export function age(iso) {
  return iso ? t('ago', { time: seconds(Math.max(0, (Date.now() - Date.parse(iso)) / 1000)) }) : '–';
}

/** PT10M as 10 min. */
export function duration(iso) {
  const found = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso ?? '');
  if (!found) {
    return iso ?? '–';
  }
  const [days, hours, minutes, rest] = found.slice(1).map((part) => Number(part ?? 0));
  return seconds(days * 86_400 + hours * 3600 + minutes * 60 + rest);
}

/** What a field for a day and a time says, as the API has it; '' where it says nothing. */
export const instant = (local) => (local ? new Date(local).toISOString() : '');

/** JSON indented, numbers as they were written; what is no JSON as it is. */
export function pretty(text) {
  if (typeof text !== 'string') {
    return JSON.stringify(text, null, 2);
  }
  let out = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const all = text.match(tokens) ?? [];
  all.forEach((token, at) => {
    if (token === '{' || token === '[') {
      depth++;
      const empty = all[at + 1] === '}' || all[at + 1] === ']';
      out += token + (empty ? '' : line());
    } else if (token === '}' || token === ']') {
      depth--;
      const empty = all[at - 1] === '{' || all[at - 1] === '[';
      out += (empty ? '' : line()) + token;
    } else if (token === ',') {
      out += token + line();
    } else {
      out += token === ':' ? ': ' : token;
    }
  });
  return out;
}
