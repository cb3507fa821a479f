// Where one is: #/recipients/shop?state=failed. Screens are found by it, and the browser's back works.

import { useEffect, useState } from 'preact/hooks';
import { t } from './text.js';

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // whoever typed it: there is no such screen, or nothing of that name
  }
}

function read() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return {
    path: path.split('/').filter((part) => part !== '').map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function useRoute() {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const moved = () => setRoute(read());
    window.addEventListener('hashchange', moved);
    return () => window.removeEventListener('hashchange', moved);
  }, []);
  return route;
}

/** Asks before what was edited and not saved is left; `dirty`: whether there is any. */
export function useUnsaved(dirty) {
  useEffect(() => {
    if (!dirty) {
      return undefined;
    }
    const here = location.hash;
    const leaving = (event) => event.preventDefault();
    const clicked = (event) => {
      const to = event.target.closest?.('a[href^="#/"]');
      if (to && to.getAttribute('href') !== here && !confirm(t('unsaved'))) {
        event.preventDefault();
      }
    };
    window.addEventListener('beforeunload', leaving);
    document.addEventListener('click', clicked, true);
    return () => {
      window.removeEventListener('beforeunload', leaving);
      document.removeEventListener('click', clicked, true);
    };
  }, [dirty]);
}

export function link(parts, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
  return '#/' + parts.map(encodeURIComponent).join('/') + (search.size === 0 ? '' : `?${search}`);
}

export function go(parts, query) {
  location.hash = link(parts, query);
}

/** Changes the query of where one is, without a new entry in the history. */
export function stay(parts, query) {
  history.replaceState(null, '', link(parts, query));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
