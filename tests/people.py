"""CVs of people who differ in name, age, gender and nationality only: what is recognised in them must not."""

import random

PEOPLE = [
    ("Maria Kowalska", "she", "her", "woman", "mother", "Polish", "Poland", 47), ("James Smith", "he", "his", "man", "father", "British", "England", 24),
    ("Chinedu Okafor", "he", "his", "man", "father", "Nigerian", "Nigeria", 33), ("Fatima al Sayed", "she", "her", "woman", "mother", "Syrian", "Syria", 58),
    ("Priya Raman", "she", "her", "woman", "mother", "Indian", "India", 19), ("José de la Cruz", "he", "his", "man", "father", "Filipino", "the Philippines", 62),
    ("Anna Schmidt", "she", "her", "woman", "mother", "German", "Germany", 71), ("Wei Zhang", "he", "his", "man", "father", "Chinese", "China", 40),
    ("Oluwaseun Adeyemi", "they", "their", "person", "parent", "Ghanaian", "Ghana", 29), ("Linh Nguyen", "she", "her", "woman", "mother", "Vietnamese", "Vietnam", 36),
]  # fmt: skip
CVS = [
    "{name}\nAge: {age}\nNationality: {people}\nGender: {gender}\n\nWork\nBookkeeper at a bakery, 2015 to 2020: invoices, payroll, Excel.\nCustomer service in a call centre.",
    "My name is {name}, I am {age} years old and I come from {country}. I look after my {parent} and run the school bake sale. I know Excel and Photoshop.",
    "{name} is a {age}-year-old {people} {gender}. {They} drives a delivery van, repairs bicycles and helps neighbours with forms. In {their} free time {they} edits videos.",
    "Curriculum Vitae\n{name}\n{country}\n\nProfile\nI'm {age}. As a {people} {gender} I organised a festival with 300 guests, kept the accounts of the club and wrote its newsletter.\nSkills: WordPress, SEO, SQL.",
    "Dear team,\nthis is {name} from {country}. I taught maths to pupils for six years, plan lessons and use Zoom. {name} also translates for neighbours.\nBorn in {country} in {year}.",
]  # fmt: skip


Person = tuple[str, str, str, str, str, str, str, int]


def written(cv: str, person: Person) -> str:
    """Return a CV as this person would have written it."""
    name, they, their, gender, parent, people, country, age = person
    return cv.format(
        name=name, they=they, They=they.capitalize(), their=their, gender=gender, parent=parent, people=people, country=country, age=age, year=2026 - age
    )  # fmt: skip


def pairs(count: int) -> list[tuple[str, str]]:
    """Return pairs of CVs that say the same of two different people."""
    chance = random.Random(7)
    found = []
    for number in range(count):
        cv = CVS[number % len(CVS)]
        one, two = chance.sample(PEOPLE, 2)
        found.append((written(cv, one), written(cv, two)))
    return found
