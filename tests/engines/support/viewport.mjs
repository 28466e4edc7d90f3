/** As large as the window in which WebKitGTK's own small browser opens. */
export const VIEWPORT = { width: 1024, height: 730 };
