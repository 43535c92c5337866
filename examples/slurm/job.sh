#!/bin/sh
#SBATCH --job-name=primes
#SBATCH --array=1-4
#SBATCH --time=00:10:00
#SBATCH --requeue
# Each job of the array is one more process on the same jugdir. --idle: a job that finds nothing to do for two minutes
# ends. Status 75: Slurm ended the job early and tasks are left, so it goes back to the queue.
jug execute "${JUGFILE:-../primes.ts}" --jugdir "${JUGDIR:-primes.jugdata}" --idle 2m
status=$?
if [ "$status" -eq 75 ] && [ -n "$SLURM_JOB_ID" ]; then scontrol requeue "$SLURM_JOB_ID"; fi
exit "$status"
