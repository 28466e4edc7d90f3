// The sample page takes the widget's attributes from its own address: /?landlord=example&theme=dark
(function () {
  'use strict';
  var element = document.querySelector('housing-complaint');
  var names = ['endpoint', 'service', 'lang', 'start', 'source', 'drafts', 'heading-level', 'mode', 'history', 'theme'];
  var query = new URLSearchParams(location.search);
  names.forEach(function (name) {
    if (query.has(name)) element.setAttribute(name, query.get(name));
  });

  // --- Whose page this pretends to be ---------------------------------------------------------------

  var HALTON = '/landlords/halton.json';
  var more = document.querySelector('[data-halton]');
  var heading = document.querySelector('h1');
  var halton = { title: document.title, heading: heading.textContent, children: Array.from(element.childNodes) };

  // What is written on the page is Halton's; other landlords get a page with nothing but their name.
  function pretend() {
    var file = element.getAttribute('landlord');
    var isHalton = file === HALTON;
    var say = function (name, title) {
      document.querySelectorAll('[data-landlord-name]').forEach(function (it) { it.textContent = name; });
      document.title = title;
    };
    heading.textContent = isHalton ? halton.heading : 'Complaints';
    element.replaceChildren.apply(element, isHalton ? halton.children : []);
    if (isHalton) {
      document.querySelector('main').append(more);
      say('Halton Housing', halton.title);
      return;
    }
    more.remove();
    fetch(file).then(function (it) { return it.json(); }).then(function (landlord) {
      if (element.getAttribute('landlord') === file) say(landlord.name, 'Complaints – ' + landlord.name);
    }).catch(function () { /* the widget says what is wrong */ });
  }

  var id = query.get('landlord');
  if (id && id !== 'halton') {
    element.setAttribute('landlord', '/landlords/' + encodeURIComponent(id) + '.json');
    pretend();
  }
  // The tag builder has chosen another.
  document.addEventListener('sample-landlord', pretend);

  // --- The tag builder, which only web teams fetch ----------------------------------------------------

  var builder = document.getElementById('builder');
  function openBuilder() {
    if (location.hash !== '#builder') return;
    builder.open = true;
    builder.querySelector('summary').focus();
  }
  builder.addEventListener('toggle', function () {
    if (builder.open) import('/sample/builder.js');
  });
  window.addEventListener('hashchange', openBuilder);
  document.querySelector('a[href="#builder"]').addEventListener('click', function () { setTimeout(openBuilder); });
  openBuilder();
})();
