// The sample page takes the widget's attributes from its own address: /?landlord=example&theme=dark
(function () {
  'use strict';
  var element = document.querySelector('housing-complaint');
  var names = ['endpoint', 'service', 'lang', 'start', 'source', 'drafts', 'heading-level', 'mode', 'history', 'theme'];
  var query = new URLSearchParams(location.search);
  names.forEach(function (name) {
    if (query.has(name)) element.setAttribute(name, query.get(name));
  });

  var id = query.get('landlord');
  if (!id || id === 'halton') return;
  var file = '/landlords/' + encodeURIComponent(id) + '.json';
  element.setAttribute('landlord', file);
  document.querySelector('[data-halton]').remove();
  document.querySelector('h1').textContent = 'Complaints';
  element.replaceChildren();
  fetch(file).then(function (it) { return it.json(); }).then(function (landlord) {
    document.querySelectorAll('[data-landlord-name]').forEach(function (it) { it.textContent = landlord.name; });
    document.title = 'Complaints – ' + landlord.name;
  }).catch(function () { /* the widget says what is wrong */ });
})();
