import { load } from 'housing-complaint';

const api = await load('/housing-complaint/');
api.mount('#complaint', {}); // wrong: no landlord
api.mount('#complaint', { landlord: '/x.json', headingLevel: 7 }); // wrong: no such level
const element = document.createElement('housing-complaint');
element.landlrod = '/x.json'; // wrong: misspelt
element.theme = 3; // wrong: not a text
element.addEventListener('hc-submitted', (event) => event.detail.name); // wrong: nothing personal is told
document.addEventListener('hc-step', ({ detail }) => detail.screen === 'done'); // wrong: no such screen
api.version = '2'; // wrong: read only
