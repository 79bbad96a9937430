/** A slip of paper for whoever carries no phone. */
import { openSheet } from '@/api/sheet'
import type { Appointment } from './types'

/** Throws Problem when it could not be fetched or shown. */
export const openSlip = (one: Appointment): Promise<void> => openSheet(`/appointments/${one.id}/slip.pdf`, 'appointment.pdf')
