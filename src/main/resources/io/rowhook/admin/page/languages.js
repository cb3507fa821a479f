// How JSLT and YAML look: for colours only; what is right is judged by the service.

const KEYWORDS = /^(?:def|let|if|else|for|import|as|and|or)\b/;

export const jslt = {
  name: 'jslt',
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) {
      return /^\s*:/.test(stream.string.slice(stream.pos)) ? 'propertyName' : 'string';
    }
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) {
      return 'number';
    }
    if (stream.match(/^(?:true|false|null)\b/)) {
      return 'bool';
    }
    if (stream.match(KEYWORDS)) {
      return 'keyword';
    }
    if (stream.match(/^\$[\w-]+/)) {
      return 'variableName';
    }
    if (stream.match(/^\.(?:[A-Za-z_][\w-]*|"[^"]*")?/)) {
      return 'propertyName';
    }
    if (stream.match(/^[A-Za-z_][\w-]*(?::[A-Za-z_][\w-]*)?/)) {
      return /^\s*\(/.test(stream.string.slice(stream.pos)) ? 'variableName.function' : null;
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
};

export const yaml = {
  name: 'yaml',
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.peek() === '#' && (stream.pos === 0 || /\s/.test(stream.string[stream.pos - 1]))) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^\$\{[^}]*\}/)) {
      return 'variableName';
    }
    if (stream.match(/^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)/)) {
      return 'string';
    }
    if (stream.match(/^[\w.-]+(?=\s*:(?:\s|$))/)) {
      return 'propertyName';
    }
    if (stream.match(/^(?:true|false|null)\b/)) {
      return 'bool';
    }
    if (stream.match(/^-?\d+(?:\.\d+)?\b/)) {
      return 'number';
    }
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
};
