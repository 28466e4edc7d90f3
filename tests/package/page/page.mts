import { integrity, load, version } from 'housing-complaint';
import type { HousingComplaintAttributes, HousingComplaintElement, SubmittedDetail } from 'housing-complaint/types';

const api = await load(new URL('https://www.landlord.example/housing-complaint/'));
const form = api.mount('#complaint', { landlord: '/landlords/yours.json', headingLevel: 3 });
form.update({ theme: 'dark', headingLevel: null });
form.unmount();

const element: HousingComplaintElement | null = document.querySelector('housing-complaint');
if (element) {
  element.landlord = '/landlords/yours.json';
  element.headingLevel = 3;
  element.theme = null;
  const level: string | null = element.headingLevel;
  element.addEventListener('hc-submitted', (event) => {
    const { reference, acknowledgeBy }: SubmittedDetail = event.detail;
    console.log(level, reference.length, acknowledgeBy?.slice(0, 4));
  });
}

// Events bubble: the page may listen wherever it likes.
document.addEventListener('hc-step', ({ detail }) => console.log(detail.screen, detail.key ?? '', detail.route));
window.addEventListener('hc-error', ({ detail }) => console.log(detail.code));

const known: string | undefined = globalThis.HousingComplaint?.version;
const attributes: HousingComplaintAttributes = { landlord: '/landlords/yours.json', 'heading-level': 2 };
const made: HousingComplaintElement = document.createElement('housing-complaint');
console.log(known === version, integrity.startsWith('sha384-'), attributes, made);
