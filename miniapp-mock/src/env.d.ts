/// <reference types="vite/client" />

/** Origin of Liandong's servers for the WeChat package, set at build time. */
declare const __API_ORIGIN__: string

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
