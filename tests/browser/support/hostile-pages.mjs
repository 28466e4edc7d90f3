// Websites whose styles reach for everything. Each is a page with things of its own, and the form between them.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { path } from './paths.mjs';

const { resolve } = createRequire(import.meta.url);
const css = (file) => readFileSync(file, 'utf8');
const styled = (text) => ({ head: `<style>${text}</style>` });

// Tailwind's builder puts the site's own theme in place of these; without one, what stands behind the comma.
const preflight = () => css(resolve('tailwindcss/preflight.css')).replace(/--theme\(\s*--[\w-]+,\s*([^;]*?)\s*\);/g, '$1;');

/** By name: what stands in the page's head and around its body. */
export const HOSTS = {
  'Bootstrap 5': { head: `<style>${css(resolve('bootstrap/dist/css/bootstrap.min.css'))}</style>`, outside: ['<div class="container"><div class="row"><div class="col text-center lh-lg fw-bold">', '</div></div></div>'] },
  'Tailwind’s preflight': styled(preflight()),
  'a WordPress block theme': { ...styled(css(path('tests/browser/pages/block-theme.css'))), outside: ['<div class="wp-site-blocks"><main class="is-layout-flow is-layout-constrained">', '</main></div>'] },
  'GOV.UK Frontend': { head: `<style>${css(resolve('govuk-frontend/dist/govuk/govuk-frontend.min.css'))}</style>`, html: 'class="govuk-template"', body: 'class="govuk-template__body js-enabled govuk-frontend-supported"', outside: ['<div class="govuk-width-container govuk-body-l">', '</div>'] },
  '* { all: unset !important }': styled('* { all: unset !important; } style, script, head, title { display: none !important; }'),
  'html { font-size: 62.5% }': styled('html { font-size: 62.5%; } body { font-size: 1.6rem; }'),
  'html { font-size: 30px }': styled('html { font-size: 30px !important; } * { font-size: 1.2rem; }'),
  'quirks mode': { doctype: '' },
  'dir="rtl"': { html: 'lang="ar" dir="rtl"' },
  'a flex row': { around: ['<div style="display: flex; align-items: center; justify-content: center">', '</div>'] },
  'a flex column': { around: ['<div style="display: flex; flex-direction: column; align-items: center">', '</div>'] },
  'a grid': { around: ['<div style="display: grid; place-items: center">', '</div>'] },
  'a table cell': { around: ['<table width="100%" cellspacing="0" cellpadding="0"><tr><td nowrap align="right">', '</td></tr></table>'] },
  'inherited type': styled(`body { font: italic small-caps bold 40px/3 monospace; letter-spacing: 0.4em; word-spacing: 1em; text-transform: uppercase;
    text-align: right; text-indent: 5em; white-space: pre; word-break: break-all; hyphens: auto; tab-size: 40; text-shadow: 0 0 4px red;
    quotes: '!' '!'; color: hotpink; list-style: square; font-variant-numeric: oldstyle-nums; font-feature-settings: 'smcp';
    -webkit-text-fill-color: red; -webkit-text-stroke: 1px blue; text-wrap: nowrap; writing-mode: horizontal-tb; font-synthesis: none; }`),
  'inherited manners': styled(`body { cursor: none; visibility: hidden; user-select: none; -webkit-user-select: none; pointer-events: none; caret-color: transparent;
    accent-color: red; color-scheme: dark; scrollbar-color: red blue; border-collapse: collapse; orphans: 9; widows: 9; image-rendering: pixelated;
    forced-color-adjust: none; print-color-adjust: exact; direction: rtl; } #before, #after { visibility: visible; }`),
  'names of our own': styled(`:root, body, * { --text: red; --brand: red; --surface: lime; --font: monospace; --size: 40px; --space: 9em; --radius: 50%; --width: 9em;
    --link: red; --focus: red; --error: lime; --line: red; --quiet: lime; --soft: red; --rights: red; --control: red; --on-brand: red; --scheme: dark; }
    .widget, .screen, .button, .title, .field, .option, .rights, .errors, .hidden { display: none; color: red !important; }`),
  'frames around everything': styled(`*, *::before, *::after { margin: 7px !important; padding: 7px !important; border: 3px dotted red !important; background: pink !important;
    outline: 2px solid blue !important; box-shadow: 0 0 9px red !important; float: none !important; }
    *::before { content: '!!' !important; } housing-complaint { margin: 0 !important; padding: 0 !important; border: 0 !important; background: none !important; }`),
};

/** What any website has. */
const OWN = `<h1>Complaints</h1><h2>How we work</h2><p>You can <a href="#x">phone us</a> or <strong>write</strong>.</p>
  <ul><li>One</li><li>Two</li></ul><ol><li>First</li></ol><button type="button">Search</button> <a class="button btn govuk-button" href="#y">Go</a>
  <form><label for="q">Search</label><input id="q" value="boiler"><textarea>Words</textarea><label><input type="radio" checked> One</label>
  <select><option>All</option></select><fieldset><legend>Which</legend></fieldset></form>
  <dl><dt>Phone</dt><dd>01632 960001</dd></dl><details open><summary>More</summary><p class="hidden title rights">Text</p></details>`;

const LAID_OUT = 'display: block !important; float: none !important; margin: 0 !important; padding: 0 !important; border: 0 !important;';
const at = (left, top, width, height = '') => `style="${LAID_OUT} position: absolute !important; left: ${left}px !important;
  top: ${top}px !important; width: ${width}px !important; ${height && `height: ${height}px !important; overflow: hidden !important;`}
  background: white !important"`;

/** The page of a website; without `hasForm` the element is there and the script is not. The form has 600 pixels of
 * room in every page, and begins at a whole pixel; the page's own things stand before it and after it. */
export function hostPage({ doctype = '<!doctype html>', html = 'lang="en"', body = '', head = '', outside = ['', ''], around = ['', ''] } = {}, hasForm = true) {
  return `${doctype}<html ${html}><head><meta charset="utf-8"><title>Our complaints page</title><link rel="icon" href="data:,">${head}</head>
    <body ${body}>${outside[0]}
    <div id="before" ${at(800, 0, 400, 800)}>${OWN}</div>
    <div id="place" ${at(0, 0, 600)}>${around[0]}
      <housing-complaint landlord="/landlords/halton.json" endpoint="/v1/submissions"></housing-complaint>
    ${around[1]}</div>
    <div id="after" ${at(800, 900, 400, 800)}>${OWN}</div>
    ${outside[1]}${hasForm ? '<script src="/housing-complaint/v1/housing-complaint.js" async></script>' : ''}
    </body></html>`;
}
