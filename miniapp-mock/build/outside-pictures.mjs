/**
 * Takes the vendor's picture addresses out of the emitted style sheets.
 *
 * The browser run-time of uni-app draws the shadow of its own navigation bar with a picture from the
 * vendor's content network. Our bars have no shadow, and a county's network may not reach the outside.
 */
export function withoutOutsidePictures() {
  const outside = /url\((["']?)https?:\/\/[^)"']+\1\)/g
  return {
    name: 'liandong:outside-pictures',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && file.fileName.endsWith('.css')) {
          file.source = String(file.source).replace(outside, 'none')
        }
      }
    },
  }
}
