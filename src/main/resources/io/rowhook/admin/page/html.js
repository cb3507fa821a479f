// Preact without a build: templates are tagged strings.

import htm from 'htm';
import { h } from 'preact';

export const html = htm.bind(h);
