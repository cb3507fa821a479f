// Asks the API that serves this page, and keeps what it said.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

const PATIENCE = 15_000; // ms until an answer is given up
const TOKEN = 'rowhook.token';

let token = fromAddress() ?? sessionStorage.getItem(TOKEN);

// `rowhook page` prints an address that ends with #token=...; it must not stay in the address or its history.
function fromAddress() {
  const found = /^#token=([^&]+)$/.exec(location.hash);
  if (!found) {
    return null;
  }
  const given = decodeURIComponent(found[1]);
  sessionStorage.setItem(TOKEN, given);
  history.replaceState(null, '', location.pathname + '#/');
  return given;
}

export function hasToken() {
  return token !== null;
}

export function setToken(value) {
  token = value;
  if (value === null) {
    sessionStorage.removeItem(TOKEN);
  } else {
    sessionStorage.setItem(TOKEN, value);
  }
}

/** What the API says is wrong (RFC 9457), or that it cannot be reached: then without a status. */
export class ApiError extends Error {
  constructor(status, problem, cause) {
    super(problem.detail ?? problem.title ?? String(status), { cause });
    this.status = status;
    this.type = String(problem.type ?? '').split(':').pop();
    this.problems = problem.errors ?? [];
  }
}

const unauthorized = new Set();

/** Is told when the API wants a token, or another one. */
export function onUnauthorized(listener) {
  unauthorized.add(listener);
  return () => unauthorized.delete(listener);
}

async function request(method, path, { body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (token !== null) {
    sent.Authorization = `Bearer ${token}`;
  }
  if (body !== undefined && !sent['Content-Type']) {
    sent['Content-Type'] = 'application/json';
  }
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal,
    });
  } catch (error) {
    if (signal?.aborted && signal.reason?.name !== 'TimeoutError') {
      throw error;
    }
    const late = signal?.aborted === true;
    throw new ApiError(0, { type: late ? 'late' : 'away', detail: '' }, error);
  }
  if (answer.ok) {
    return answer;
  }
  let problem;
  try {
    problem = await answer.json();
  } catch {
    problem = { title: `${answer.status} ${answer.statusText}` };
  }
  if (answer.status === 401) {
    unauthorized.forEach((listener) => listener(problem));
  }
  throw new ApiError(answer.status, problem);
}

/** One question and its answer, read as JSON. */
export async function ask(method, path, options = {}) {
  const late = AbortSignal.timeout(options.patience ?? PATIENCE);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  const answer = await request(method, path, { ...options, signal });
  const text = await answer.text();
  return text === '' ? {} : JSON.parse(text, options.exact ? exactly : undefined);
}

/** Numbers as they are written, 12.90 and those beyond 2^53, where the browser can: for what is only shown. */
function exactly(key, value, { source } = {}) {
  return typeof value === 'number' && JSON.rawJSON && String(value) !== source ? JSON.rawJSON(source) : value;
}

export const get = (path, options) => ask('GET', path, options);
export const post = (path, body = {}, options) => ask('POST', path, { ...options, body });

/** Makes an address: parts are encoded, `undefined`, null and '' left out of the query. */
export function address(parts, query = {}) {
  const path = '/v1/' + parts.map((part) => encodeURIComponent(part)).join('/');
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') {
        search.append(name, one);
      }
    }
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/**
 * What is at an address, asked for again every so often while the page is seen. What was last known stays, beside the
 * error that came since.
 *
 * @param exact whether numbers are to be shown as they are written
 */
export function useResource(path, every = 0, exact = false) {
  const [state, setState] = useState({ data: null, error: null, at: null, loading: true, path });
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  useEffect(() => {
    if (!path) {
      return undefined;
    }
    const leaving = new AbortController();
    let timer = 0;
    setState((old) => (old.path === path ? { ...old, loading: true } : { data: null, error: null, at: null, loading: true, path }));
    const look = async () => {
      try {
        const data = await get(path, { signal: leaving.signal, exact });
        setState({ data, error: null, at: Date.now(), loading: false, path });
      } catch (error) {
        if (leaving.signal.aborted) {
          return;
        }
        setState((old) => ({ ...old, error, loading: false }));
      }
      again();
    };
    const again = () => {
      if (every > 0 && !leaving.signal.aborted) {
        timer = setTimeout(document.hidden ? again : look, every);
      }
    };
    look();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [path, every, turn]);
  return { ...state, data: state.path === path ? state.data : null, reload };
}

/**
 * Follows the API's server-sent events. Not by EventSource, which cannot send a token. After a break it begins again
 * after a second; `onEvent` gets the kind and the data.
 */
export function useLive(path, onEvent) {
  const listener = useRef(onEvent);
  listener.current = onEvent;
  const [live, setLive] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    let timer = 0;
    const follow = async () => {
      try {
        const answer = await request('GET', path, { signal: leaving.signal });
        setLive(true);
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (;;) {
          const { value, done } = await reader.read();
          if (done) {
            break;
          }
          const blocks = (rest + value).split('\n\n');
          rest = blocks.pop();
          blocks.forEach((block) => deliver(block, listener.current));
        }
      } catch {
        // said by the resources beside it
      }
      setLive(false);
      if (!leaving.signal.aborted) {
        timer = setTimeout(follow, 1000);
      }
    };
    follow();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [path]);
  return live;
}

function deliver(block, onEvent) {
  let kind = 'message';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) {
      kind = line.slice(6).trim();
    } else if (line.startsWith('data:')) {
      data += line.slice(5).trimStart();
    }
  }
  if (data !== '') {
    onEvent(kind, JSON.parse(data));
  }
}
