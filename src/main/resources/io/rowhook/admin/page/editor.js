// CodeMirror for templates and settings. It stands in a shadow root, where its styles are sheets and no <style>
// elements, so that the page's policy can forbid these.

import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';
import { html } from './html.js';
import { jslt, yaml } from './languages.js';

const LANGUAGES = { jslt, yaml };

const DARK = HighlightStyle.define([
  { tag: tags.keyword, color: '#c9a6ff' },
  { tag: tags.string, color: '#9fdc9f' },
  { tag: tags.number, color: '#f3c98b' },
  { tag: tags.bool, color: '#f3c98b' },
  { tag: tags.comment, color: '#a5b0bc' },
  { tag: tags.propertyName, color: '#8cc4f0' },
  { tag: tags.variableName, color: '#f0a3c0' },
  { tag: tags.function(tags.variableName), color: '#e6d690' },
]);

/** As the page is: by its variables, which reach into the shadow root. */
const THEME = EditorView.theme({
  '&': { backgroundColor: 'var(--card)', color: 'var(--text)', fontSize: '.9rem' },
  '.cm-content': { fontFamily: 'ui-monospace, monospace', caretColor: 'var(--text)', minHeight: '16rem' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--back)', color: 'var(--dim)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent', boxShadow: 'inset 0 0 0 100vmax color-mix(in srgb, var(--link) 7%, transparent)' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-tooltip': { backgroundColor: 'var(--card)', color: 'var(--text)', border: '1px solid var(--line)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--first)', color: 'var(--first-text)' },
  '.cm-diagnostic': { color: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--link) 30%, transparent)' },
});

/**
 * @param text at the beginning: then the editor has it, and tells of each change. Another key begins with another text
 * @param problems each with line and column, from 1
 * @param complete what may stand after a path, `.data.`: given the names before, the names
 */
export function Editor({ label, language, text, change, problems = [], complete }) {
  const place = useRef(null);
  const view = useRef(null);
  const now = useRef({});
  now.current = { change, complete };
  useEffect(() => {
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' });
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const parent = root.appendChild(document.createElement('div'));
    view.current = new EditorView({
      root,
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
          lintGutter(), EditorView.lineWrapping, THEME, EditorView.darkTheme.of(dark),
          StreamLanguage.define(LANGUAGES[language]),
          syntaxHighlighting(dark ? DARK : defaultHighlightStyle),
          autocompletion({ override: [(context) => completions(context, now.current.complete)] }),
          // Tab leaves the editor, as everywhere else on the page.
          keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => update.docChanged && now.current.change(update.state.doc.toString())),
        ],
      }),
    });
    return () => {
      view.current.destroy();
      parent.remove();
    };
  }, []);
  useEffect(() => {
    const shown = view.current;
    const doc = shown.state.doc;
    const marks = problems.filter((one) => one.line > 0 && one.line <= doc.lines).map((one) => {
      const line = doc.line(one.line);
      const from = Math.min(line.to, line.from + Math.max(0, (one.column ?? 1) - 1));
      return { from, to: Math.min(doc.length, Math.max(from + 1, line.to)), severity: 'error', message: one.detail };
    });
    shown.dispatch(setDiagnostics(shown.state, marks));
  }, [JSON.stringify(problems)]);
  return html`<div class="editor" ref=${place}></div>`;
}

function completions(context, complete) {
  const found = context.matchBefore(/(?:\.[A-Za-z_][\w-]*|\."[^"]*")*\.[\w-]*/);
  if (!complete || !found) {
    return null;
  }
  const parts = found.text.split('.').slice(1).map((part) => part.replace(/^"|"$/g, ''));
  const begun = parts.pop();
  return {
    from: context.pos - begun.length,
    options: complete(parts).map((name) => ({ label: name, type: 'property', apply: /^[A-Za-z_][\w-]*$/.test(name) ? name : `"${name}"` })),
    validFor: /^[\w-]*$/,
  };
}
