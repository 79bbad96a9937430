/** The part of uni that runs while modules load; each test brings the rest itself. Runs before `setup.ts`. */
import { vi } from 'vitest'

vi.stubGlobal('uni', { reLaunch: vi.fn(), switchTab: vi.fn(), navigateTo: vi.fn(), navigateBack: vi.fn() })
vi.stubGlobal('getCurrentPages', () => [])
