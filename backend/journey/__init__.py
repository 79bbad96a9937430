"""What one person sees across the features: home, referral status, the doctor's today."""
