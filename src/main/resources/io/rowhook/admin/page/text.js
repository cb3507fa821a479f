// The page's words, in the language of the browser or the one chosen.

import en from './texts/en.js';
import de from './texts/de.js';

const CHOSEN = 'rowhook.language';
const ALL = { en, de };

export const LANGUAGES = { en: 'English', de: 'Deutsch' };

export const language = choose();
document.documentElement.lang = language;

/** How numbers and times are written: as the browser's own kind of that language has it. */
export const locale = navigator.languages.find((one) => one.slice(0, 2) === language) ?? language;

function choose() {
  const wanted = [localStorage.getItem(CHOSEN), ...navigator.languages.map((one) => one.slice(0, 2))];
  return wanted.find((one) => one in ALL) ?? 'en';
}

export function chooseLanguage(code) {
  localStorage.setItem(CHOSEN, code);
  location.reload();
}

/** The words by this key, with {name} replaced by what is given. */
export function t(key, values = {}) {
  const words = ALL[language][key] ?? en[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

/** One of `key.one` and `key.other`. */
export function count(key, number) {
  const form = new Intl.PluralRules(language).select(number) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}`, { n: number.toLocaleString(locale) });
}

/** `key.VALUE` where there are words for it, else the value itself. */
export function term(key, value) {
  const words = ALL[language][`${key}.${value}`];
  return words ?? String(value);
}
