import { createPinia } from 'pinia'
import { createSSRApp } from 'vue'
import App from './App.vue'

/** uni-app's own entry: both platforms start the app by this name. */
export function createApp() {
  const app = createSSRApp(App)
  app.use(createPinia())
  return { app }
}
