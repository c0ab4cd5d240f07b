// What moves money, for those who move some: larger than all that shows it.
export { deposit, requestWithdrawal, withdraw } from '@stoa/sdk'
