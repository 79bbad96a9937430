/** The components that need no import (easycom in `pages.base.json`), so that templates are checked. */
export {}

declare module '@vue/runtime-core' {
  export interface GlobalComponents {
    LdActing: (typeof import('./ld-acting.vue'))['default']
    LdAvatar: (typeof import('./ld-avatar.vue'))['default']
    LdBanner: (typeof import('./ld-banner.vue'))['default']
    LdBar: (typeof import('./ld-bar.vue'))['default']
    LdButton: (typeof import('./ld-button.vue'))['default']
    LdCard: (typeof import('./ld-card.vue'))['default']
    LdChoice: (typeof import('./ld-choice.vue'))['default']
    LdEmpty: (typeof import('./ld-empty.vue'))['default']
    LdEntrances: (typeof import('./ld-entrances.vue'))['default']
    LdField: (typeof import('./ld-field.vue'))['default']
    LdIcon: (typeof import('./ld-icon.vue'))['default']
    LdNotice: (typeof import('./ld-notice.vue'))['default']
    LdPage: (typeof import('./ld-page.vue'))['default']
    LdPhoneButton: (typeof import('./ld-phone-button.vue'))['default']
    LdProblem: (typeof import('./ld-problem.vue'))['default']
    LdRow: (typeof import('./ld-row.vue'))['default']
    LdSheet: (typeof import('./ld-sheet.vue'))['default']
    LdSignal: (typeof import('./ld-signal.vue'))['default']
    LdSkeleton: (typeof import('./ld-skeleton.vue'))['default']
    LdSource: (typeof import('./ld-source.vue'))['default']
    LdSwitchPerson: (typeof import('./ld-switch-person.vue'))['default']
    LdTabs: (typeof import('./ld-tabs.vue'))['default']
    LdTag: (typeof import('./ld-tag.vue'))['default']
  }
}
