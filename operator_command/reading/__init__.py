"""What is asked of AWS, through the controllers' readers where there is one."""
