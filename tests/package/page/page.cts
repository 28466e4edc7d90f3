import housingComplaint = require('housing-complaint');

const loaded: Promise<housingComplaint.HousingComplaintApi> = housingComplaint.load('/housing-complaint/');
void loaded.then((api) => api.version);
document.querySelector('housing-complaint')?.addEventListener('hc-ready', ({ detail }) => console.log(detail.version));
