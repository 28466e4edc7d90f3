// For pages that are built by a bundler: puts the script tag into the page. The build writes this
// file twice, as index.mjs and as index.js, with the version and the script's hash in it.

/** The version of this package and of the files in its `dist/` folder. */
export const version = HC_VERSION;

/** The Subresource Integrity value of `dist/housing-complaint.js`. */
export const integrity = HC_INTEGRITY;

let loading;

export function load(base) {
  if (window.HousingComplaint) return Promise.resolve(window.HousingComplaint);
  loading = loading || new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL('housing-complaint.js', new URL(String(base).replace(/\/?$/, '/'), document.baseURI)).href;
    script.integrity = integrity;
    script.crossOrigin = 'anonymous';
    script.addEventListener('load', () => resolve(window.HousingComplaint));
    script.addEventListener('error', () => {
      loading = undefined;
      script.remove();
      reject(new Error(`housing-complaint: ${script.src} can't be loaded, or is not of version ${version}`));
    });
    document.head.append(script);
  });
  return loading;
}
