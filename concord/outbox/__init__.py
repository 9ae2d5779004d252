"""What must happen later. The row is the job; whoever claims it runs one verb, safe to run twice."""
