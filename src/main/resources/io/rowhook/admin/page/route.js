// Where one is: #/recipients/shop?state=failed. Screens are found by it, and the browser's back works.

import { useEffect, useState } from 'preact/hooks';

function read() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return {
    path: path.split('/').filter((part) => part !== '').map(decodeURIComponent),
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
